/**
 * A long answer leaves in slices: the event loop turns in between, and nothing is made that the socket cannot take yet.
 * A short one leaves in one piece, with its length in the head.
 */
import type { ServerResponse } from 'node:http';
import { sliceMs } from './limits.ts';

/** One write to the socket, in characters. */
const chunkChars = 64 * 1024;

export interface Reply {
  readonly status: number;
  /** Name, value, name, value… */
  readonly headers: readonly string[];
  readonly pieces: Iterable<string>;
  /** Called before the event loop turns while pieces are still to come. */
  readonly freeze: () => void;
}

/** Undefined when it could be done at once. */
export function writeReply(response: ServerResponse, reply: Reply, elapsed: () => number): Promise<void> | undefined {
  const pieces = reply.pieces[Symbol.iterator]();
  const first = fill(pieces);
  if (first.done) {
    response.writeHead(reply.status, [...reply.headers, 'Content-Length', String(Buffer.byteLength(first.text))]);
    response.end(first.text);
    return undefined;
  }
  reply.freeze();
  response.writeHead(reply.status, reply.headers as string[]);
  return stream(response, pieces, first.text, elapsed);
}

async function stream(
  response: ServerResponse,
  pieces: Iterator<string>,
  first: string,
  elapsed: () => number,
): Promise<void> {
  let chunk = { text: first, done: false };
  // The query has had its stretch of the event loop already.
  await turn();
  let sliceStart = elapsed();
  for (;;) {
    if (response.destroyed) {
      pieces.return?.();
      return;
    }
    if (chunk.done) {
      response.end(chunk.text);
      return;
    }
    // A socket that takes everything at once says `drain` before the event loop turns: waiting for it is not enough.
    if (!response.write(chunk.text)) await drained(response);
    if (elapsed() - sliceStart > sliceMs) {
      await turn();
      sliceStart = elapsed();
    }
    chunk = fill(pieces);
  }
}

function fill(pieces: Iterator<string>): { text: string; done: boolean } {
  let text = '';
  while (text.length < chunkChars) {
    const next = pieces.next();
    if (next.done) return { text, done: true };
    text += next.value;
  }
  return { text, done: false };
}

/** A client that takes nothing for so long is let go: what it has not read is kept alive for it. */
const takesNothingMs = 60_000;

/** Also when the client has gone: who waits must be let go. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const tooLong = setTimeout(() => response.destroy(), takesNothingMs);
    const done = () => {
      clearTimeout(tooLong);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
