/** What goes into a workflow from a command line, and what comes out of it. */
import { usageFailure } from './failure.ts';
import type { Io } from './io.ts';
import type { PrintOptions } from './print.ts';
import { printable } from './render/printable.ts';
import type { ScriptFile } from './workflow-file.ts';

/** In their order, or by name; texts stay texts where the workflow wants one, else a value that is JSON is what it says. */
export function paramsOf(
  { Parameters }: Pick<ScriptFile, 'Parameters'>,
  inOrder: readonly string[],
  named: readonly string[],
): readonly unknown[] | Readonly<Record<string, unknown>> {
  const typeOf = (name: string) => Parameters?.find(({ Name }) => Name === name)?.Type;
  if (named.length === 0) return inOrder.map((text, at) => valueIn(text, Parameters?.[at]?.Type));
  if (inOrder.length > 0) throw usageFailure('parameters are given in order or by name, not both');
  return Object.fromEntries(
    named.map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw usageFailure(`"${pair}" is no parameter`, 'like --param format=dot');
      const name = pair.slice(0, at);
      return [name, valueIn(pair.slice(at + 1), typeOf(name))];
    }),
  );
}

const texts: readonly (string | undefined)[] = ['string', 'node', 'choice', 'date'];

function valueIn(text: string, type: string | undefined): unknown {
  if (texts.includes(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Of its console: not to be mixed with what it gives. */
export function say(io: Pick<Io, 'err'>, line: string): void {
  io.err.write(`${line.split('\n').map(printable).join('\n')}\n`);
}

/** A text as it is, unless JSON is asked for: DOT goes to Graphviz. */
export async function printResult(io: Pick<Io, 'out'>, result: unknown, { output }: PrintOptions): Promise<void> {
  if (output?.kind === 'yaml') io.out.write((await import('yaml')).stringify(result));
  else if (output === undefined && typeof result === 'string')
    io.out.write(`${result.split('\n').map(printable).join('\n').replace(/\n$/, '')}\n`);
  else io.out.write(`${JSON.stringify(result, null, 2)}\n`);
}
