/** Request bodies, bounded. Callbacks and not promises: the shortest way for the route that is asked most. */
import type { IncomingMessage } from 'node:http';

export type BodyFault = { readonly status: 400 | 413 | 415; readonly text: string };

export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  done: (fault: BodyFault | undefined, text: string) => void,
): void {
  readBytes(request, bytesMax, (fault, bytes) => done(fault, bytes.toString()));
}

/** The same as it came. With a fault there are no bytes. */
export function readBytes(
  request: IncomingMessage,
  bytesMax: number,
  done: (fault: BodyFault | undefined, bytes: Buffer) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    done(tooBig(bytesMax), nothing);
    return;
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    done({ status: 415, text: `a body in ${encoding.slice(0, 40)} is not understood; send it as it is` }, nothing);
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
      done(tooBig(bytesMax), nothing);
    } else if (only === undefined) only = chunk;
    else {
      more ??= [only];
      more.push(chunk);
    }
  });
  request.on('end', () => {
    if (isDone) return;
    isDone = true;
    done(undefined, more ? Buffer.concat(more) : (only ?? nothing));
  });
}

const nothing = Buffer.alloc(0);

/** Nested deeper than this is no description of a network, and would exhaust the stack of whoever writes it again. */
const depthMax = 64;

/** Values in one document. A patch can copy a thing into itself: twenty lines of that are a million values. */
const valuesMax = 1_000_000;

/** JSON from outside: a value, or a sentence when it is none or not safe to keep. */
export function parseJson(text: string): { value: unknown; fault?: undefined } | { value?: undefined; fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `the body is not JSON: ${(error as Error).message}` };
  }
  const fault = unsafeIn(value);
  return fault === undefined ? { value } : { fault: `the body ${fault}` };
}

/** Why a value should not be kept: what to say behind its name. */
export function unsafeIn(value: unknown): string | undefined {
  return new Walk().faultIn(value, depthMax);
}

class Walk {
  #left = valuesMax;

  faultIn(value: unknown, depth: number): string | undefined {
    if (--this.#left < 0) return `has more than ${valuesMax} values`;
    if (typeof value !== 'object' || value === null) return undefined;
    if (depth === 0) return `is nested deeper than ${depthMax} levels`;
    if (Array.isArray(value)) {
      for (const item of value) {
        const fault = this.faultIn(item, depth - 1);
        if (fault) return fault;
      }
      return undefined;
    }
    for (const key in value) {
      if (key === '__proto__') return 'has a key named __proto__';
      const fault = this.faultIn((value as Record<string, unknown>)[key], depth - 1);
      if (fault) return fault;
    }
    return undefined;
  }
}

function tooBig(bytesMax: number): BodyFault {
  return { status: 413, text: `the body is larger than ${bytesMax} bytes` };
}
