/**
 * Listens to a daemon for as long as it is there. One that goes is waited for: for its socket to appear again, or, where
 * nobody tells of that, for longer and longer. What it said stays for a while, as it may only have been restarted.
 */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { backoff } from '../std/backoff.ts';
import { bell } from '../std/bell.ts';
import { watchDirectory } from './directory.ts';
import type { ProbeContext } from './probe.ts';

export interface ListeningParts {
  readonly context: Pick<ProbeContext<unknown>, 'signal' | 'notice' | 'count' | 'ready'>;
  /** Path of its socket; undefined for one elsewhere, which is just tried. */
  readonly socket: string | undefined;
  /** 'Docker at unix:///var/run/docker.sock'. */
  readonly called: string;
  /** What is said when there is no socket: 'no OVN: nothing at …'. */
  readonly missing: string;
  /** How long what it said stays when it does not answer. */
  readonly goneAfterMs: number;
  /** Ends by throwing why. `heard`: it has answered. */
  readonly listen: (heard: () => void) => Promise<never>;
  /** It has not answered for so long, or never has. */
  readonly lost: () => void;
}

const MESSAGE_CHARS_MAX = 200;

/** Until the signal aborts. */
export async function keepListening(parts: ListeningParts): Promise<void> {
  const { context, socket, called, missing, goneAfterMs, listen, lost } = parts;
  const { signal, notice, count, ready } = context;
  const isThere = () => socket === undefined || existsSync(socket);
  const there = bell();
  if (socket !== undefined)
    watchDirectory(
      dirname(socket),
      (name) => (name === undefined || name === basename(socket)) && there.ring(),
      signal,
    );
  const waits = backoff({ firstMs: 500, maxMs: 30_000, random: Math.random });
  let forget: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(forget);
    forget = undefined;
    waits.reset();
    notice(undefined);
  };
  while (!signal.aborted) {
    if (isThere()) {
      const error = await listen(heard).catch((reason: unknown) => reason as NodeJS.ErrnoException);
      if (signal.aborted) break;
      count('connectionsLost');
      const needs = error.code === 'EACCES' ? ' (needs the right to write to its socket)' : '';
      notice(`${called} does not answer: ${error.message.slice(0, MESSAGE_CHARS_MAX)}${needs}`);
    } else notice(missing, 'quietly');
    forget ??= setTimeout(lost, goneAfterMs).unref();
    ready();
    const retry = isThere() ? setTimeout(there.ring, waits.next()).unref() : undefined;
    await there.rung(signal);
    clearTimeout(retry);
  }
  clearTimeout(forget);
}
