/** What a text of standard Gremlin says, written again in one way, and what is wrong with it: text in, text out. */

import { bytecodeText, valueText } from '../../../../src/query/gremlin/explain/text.ts';
import { parseGremlin, type Statement } from '../../../../src/query/gremlin/parse/parse.ts';
import type { GValue } from '../../../../src/query/gremlin/value/value.ts';

/** One line a statement; throws when something is wrong with the text. */
export function said(text: string, bindings: Record<string, GValue> = {}): string {
  const { statements, faults } = parseGremlin(text, new Map(Object.entries(bindings)));
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('; '));
  return statements.map(statementText).join('\n');
}

/** The argument of `g.inject(…)`. */
export function injected(text: string, bindings: Record<string, GValue> = {}): GValue {
  const { statements, faults } = parseGremlin(`g.inject(${text})`, new Map(Object.entries(bindings)));
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('; '));
  return statements[0]?.bytecode.steps[0]?.args[0] as GValue;
}

/** `[what it is about] message (hint)`, one line a fault. */
export function wrongWith(text: string, bindings: Record<string, GValue> = {}): string {
  const { faults } = parseGremlin(text, new Map(Object.entries(bindings)));
  return faults
    .map(
      ({ message, from, to, hint }) => `[${text.slice(from, to)}] ${message}${hint === undefined ? '' : ` (${hint})`}`,
    )
    .join('\n');
}

function statementText({ source, bytecode, terminal, args, isText }: Statement): string {
  const end = terminal === undefined ? '' : `.${terminal}(${args.map(valueText).join(', ')})`;
  return bytecodeText(bytecode, source) + end + (isText ? '.toString()' : '');
}
