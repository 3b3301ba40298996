/** What a script threw, as a failure with its place in the source. */
import type { Failure } from './messages.ts';

export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: string;
}

export function failureOf({ name, message, stack, cause }: Thrown, why: 'syntax' | 'threw' | 'result'): Failure {
  const place = placeIn(stack);
  if (name === 'InternalError' && /out of memory/.test(message))
    return { why: 'memory', message: 'it used up the memory that a workflow may have', ...place };
  if (/stack overflow|call stack/i.test(message) && /^(InternalError|RangeError|SyntaxError)$/.test(name))
    return { why: 'stack', message: 'its calls are nested deeper than those of a workflow may be', ...place };
  const said = name === '' ? message : `${name}: ${message}`;
  return {
    why,
    message: said.slice(0, messageMax),
    ...place,
    ...(cause !== undefined && { cause: cause.slice(0, messageMax) }),
  };
}

const messageMax = 4_000;

/** The innermost place that is the script's own. What stands around the source takes one column of its first line. */
function placeIn(stack: string): { line?: number; column?: number } {
  const found = /workflow\.js:(\d+)(?::(\d+))?/.exec(stack);
  if (!found) return {};
  const line = Number(found[1]);
  if (found[2] === undefined) return { line };
  return { line, column: Math.max(1, Number(found[2]) - (line === 1 ? 1 : 0)) };
}
