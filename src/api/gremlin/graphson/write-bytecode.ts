/** Traversals and what stands in their arguments alone. */
import {
  Bytecode,
  type CardinalityValue,
  type Instruction,
  type Lambda,
  type Strategy,
} from '../../../query/gremlin/bytecode.ts';
import type { Predicate } from '../../../query/gremlin/value/predicate.ts';
import { instructionOf } from '../instructions.ts';
import { quote } from './json-text.ts';
import { type Target, typed } from './target.ts';

export function writeBytecode(value: Bytecode | CardinalityValue, to: Target): string {
  const { steps, source } = value instanceof Bytecode ? value : { steps: [], source: [instructionOf(value)] };
  const parts: string[] = [];
  if (source.length > 0) parts.push(`"source":${writeInstructions(source, to)}`);
  if (steps.length > 0) parts.push(`"step":${writeInstructions(steps, to)}`);
  return typed('g:Bytecode', `{${parts.join()}}`, to);
}

function writeInstructions(instructions: readonly Instruction[], to: Target): string {
  return `[${instructions.map(({ name, args }) => `[${[quote(name), ...args.map((arg) => to.value(arg))].join()}]`).join()}]`;
}

/** One value, or the plain list of those that `between`, `and` and others take. */
export function writePredicate({ name, args, isText }: Predicate, to: Target): string {
  const [first = null] = args;
  const value = args.length === 1 ? to.value(first) : `[${args.map((arg) => to.value(arg)).join()}]`;
  return typed(isText ? 'g:TextP' : 'g:P', `{"predicate":${quote(name)},"value":${value}}`, to);
}

export function writeStrategy({ name, configuration }: Strategy, to: Target): string {
  const conf = Array.from(configuration, ([key, value]) => `${quote(key)}:${to.value(value)}`);
  return typed(`g:${name}`, `{"fqcn":${quote(name)},"conf":{${conf.join()}}}`, to);
}

export function writeLambda({ language }: Lambda, to: Target): string {
  return typed('g:Lambda', `{"script":"","language":${quote(language)},"arguments":-1}`, to);
}
