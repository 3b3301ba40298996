/** Request bodies, bounded. Callbacks and not promises: the shortest way for the route that is asked most. */
import type { IncomingMessage } from 'node:http';

export type BodyFault = { readonly status: 400 | 413 | 415; readonly text: string };

export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  done: (fault: BodyFault | undefined, text: string) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    done(tooBig(bytesMax), '');
    return;
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    done({ status: 415, text: `a body in ${encoding.slice(0, 40)} is not understood; send it as it is` }, '');
    return;
  }
  let only: Buffer | undefined;
  let more: Buffer[] | undefined;
  let size = 0;
  let isDone = false;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (isDone) return;
    if (size > bytesMax) {
      isDone = true;
      more = undefined;
      done(tooBig(bytesMax), '');
    } else if (only === undefined) only = chunk;
    else {
      more ??= [only];
      more.push(chunk);
    }
  });
  request.on('end', () => {
    if (isDone) return;
    isDone = true;
    done(undefined, more ? Buffer.concat(more).toString() : (only?.toString() ?? ''));
  });
}

/** Nested deeper than this is no description of a network, and would exhaust the stack of whoever writes it again. */
const depthMax = 64;

/** JSON from outside: `undefined` and a sentence when it is none, or when it is not safe to keep. */
export function parseJson(text: string): { value: unknown; fault?: undefined } | { value?: undefined; fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `the body is not JSON: ${(error as Error).message}` };
  }
  const fault = unsafe(value, depthMax);
  return fault === undefined ? { value } : { fault };
}

function unsafe(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return `the body is nested deeper than ${depthMax} levels`;
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = unsafe(item, depth - 1);
      if (fault) return fault;
    }
    return undefined;
  }
  for (const key in value) {
    if (key === '__proto__') return 'the body has a key named __proto__';
    const fault = unsafe((value as Record<string, unknown>)[key], depth - 1);
    if (fault) return fault;
  }
  return undefined;
}

function tooBig(bytesMax: number): BodyFault {
  return { status: 413, text: `the body is larger than ${bytesMax} bytes` };
}
