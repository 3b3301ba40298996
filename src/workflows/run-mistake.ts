/** Why a run came to no result, as people read it: the sentence, and the place in the source. */
import { Mistake } from '../std/mistake.ts';
import type { Failure } from './sandbox/messages.ts';

export function runMistake(name: string, source: string, failure: Failure): Mistake {
  const { why, message, line, column, cause } = failure;
  const at = line === undefined ? undefined : positionOf(source, line, column ?? 1);
  const place = line === undefined ? '' : `, line ${line}${column === undefined ? '' : `, column ${column}`}`;
  const because = cause === undefined ? '' : ` (because of: ${cause})`;
  const fault = { code: `workflow.${why}`, message: `${name}${place}: ${message}${because}` };
  return new Mistake([at === undefined ? fault : { ...fault, from: at, to: at + 1 }], source);
}

/** Whether a run began and came to no result; else the call or the source was wrong, or there was no room for it. */
export function isFailureOfRun(code: string): boolean {
  return code.startsWith('workflow.') && !beforeRun.has(code.slice('workflow.'.length));
}

const beforeRun: ReadonlySet<string> = new Set(['unknown', 'params', 'busy', 'source-size', 'syntax']);

/** Undefined where the source has no such place: a stack may be made up. */
function positionOf(source: string, line: number, column: number): number | undefined {
  const lines = source.split('\n');
  const text = lines[line - 1];
  if (text === undefined) return undefined;
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  return start + Math.min(column - 1, text.length);
}
