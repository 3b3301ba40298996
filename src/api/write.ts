/**
 * A long answer leaves in slices: the event loop turns in between, and nothing is made that the socket cannot take yet.
 * A short one leaves in one piece, with its length in the head.
 */
import type { ServerResponse } from 'node:http';
import { drained } from './drained.ts';
import { sliceMs } from './limits.ts';

/** One write to the socket, in characters. */
const chunkChars = 64 * 1024;

export interface Reply {
  readonly status: number;
  /** Name, value, name, value… */
  readonly headers: readonly string[];
  readonly pieces: Iterable<string>;
  /** 'latin1': each character of a piece is a byte. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Called before the event loop turns while pieces are still to come. */
  readonly freeze: () => void;
}

/** Undefined when it could be done at once. */
export function writeReply(response: ServerResponse, reply: Reply, elapsed: () => number): Promise<void> | undefined {
  const { encoding = 'utf8' } = reply;
  const pieces = reply.pieces[Symbol.iterator]();
  const first = fill(pieces);
  if (first.done) {
    const length = Buffer.byteLength(first.text, encoding);
    response.writeHead(reply.status, [...reply.headers, 'Content-Length', String(length)]);
    response.end(first.text, encoding);
    return undefined;
  }
  reply.freeze();
  response.writeHead(reply.status, reply.headers as string[]);
  return stream(response, pieces, { first: first.text, encoding }, elapsed);
}

async function stream(
  response: ServerResponse,
  pieces: Iterator<string>,
  { first, encoding }: { readonly first: string; readonly encoding: 'utf8' | 'latin1' },
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
      response.end(chunk.text, encoding);
      return;
    }
    // A socket that takes everything at once says `drain` before the event loop turns: waiting for it is not enough.
    if (!response.write(chunk.text, encoding))
      await drained(response, { ms: takesNothingMs, giveUp: () => response.destroy() });
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

const waiting: (() => void)[] = [];

/**
 * Lets the event loop turn, all of it. Of those who wait one goes on in each turn: what ten of them do in a slice each
 * would be ten slices before anybody else has a word.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(nextTurn);
  });
}

function nextTurn(): void {
  const next = waiting.shift();
  // Before it goes on, so that what it does is followed by a turn; an immediate of an immediate comes a turn later.
  if (waiting.length > 0) setImmediate(nextTurn);
  next?.();
}
