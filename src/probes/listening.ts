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
  /** What people call it: 'Docker'. */
  readonly called: string;
  /** Paths of its sockets, best first: the first that is there is used. */
  readonly sockets: readonly string[];
  /** Where it is, as it was given. What has no sockets on this machine is just tried there. */
  readonly address?: string;
  /** How long what it said stays when it does not answer. */
  readonly goneAfterMs: number;
  /** Ends by throwing why. `heard`: it has answered; `place`: its socket, or its address. */
  readonly listen: (heard: () => void, place: string) => Promise<never>;
  /** It has not answered for so long, or never has. */
  readonly lost: () => void;
}

const MESSAGE_CHARS_MAX = 200;

/** Until the signal aborts. */
export async function keepListening(parts: ListeningParts): Promise<void> {
  const { context, called, sockets, address, goneAfterMs, listen, lost } = parts;
  const { signal, notice, count, ready } = context;
  const elsewhere = sockets.length === 0 ? address : undefined;
  const there = bell();
  for (const path of sockets)
    watchDirectory(dirname(path), (name) => (name === undefined || name === basename(path)) && there.ring(), signal);
  const waits = backoff({ firstMs: 500, maxMs: 30_000, random: Math.random });
  let forget: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(forget);
    forget = undefined;
    waits.reset();
    notice(undefined);
  };
  while (!signal.aborted) {
    const place = sockets.find((path) => existsSync(path)) ?? elsewhere;
    if (place !== undefined) {
      const error = await listen(heard, place).catch((reason: unknown) => reason as NodeJS.ErrnoException);
      if (signal.aborted) break;
      count('connectionsLost');
      const needs = error.code === 'EACCES' ? ' (needs the right to write to its socket)' : '';
      notice(`${called} at ${address ?? place} does not answer: ${error.message.slice(0, MESSAGE_CHARS_MAX)}${needs}`);
    } else notice(`no ${called}: nothing at ${address ?? sockets.join(', ')}`, 'quietly');
    forget ??= setTimeout(lost, goneAfterMs).unref();
    ready();
    const retry = place === undefined ? undefined : setTimeout(there.ring, waits.next()).unref();
    await there.rung(signal);
    clearTimeout(retry);
  }
  clearTimeout(forget);
}
