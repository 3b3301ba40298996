/** Follows a daemon by its socket whenever that is there, and keeps what it said for a while when it is not. */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { backoff } from '../std/backoff.ts';
import { bell } from '../std/bell.ts';
import { watchDirectory } from './directory.ts';
import type { ProbeContext } from './probe.ts';

export interface FollowingParts {
  readonly context: Pick<ProbeContext<unknown>, 'signal' | 'notice' | 'count' | 'ready'>;
  /** What people call the daemon. */
  readonly called: string;
  /** Best first; the first that is there is used. */
  readonly sockets: readonly string[];
  readonly goneAfterMs: number;
  /** Throws when it is over; calls `isWhole` each time that all is known that there is. */
  readonly follow: (path: string, isWhole: () => void) => Promise<never>;
  /** It did not answer for so long that nothing is known any more. */
  readonly lost: () => void;
}

const MESSAGE_CHARS_MAX = 200;

/** Until the signal aborts. */
export async function keepFollowing(parts: FollowingParts): Promise<void> {
  const { called, sockets, goneAfterMs, follow, lost } = parts;
  const { signal, notice, count, ready } = parts.context;
  const there = bell();
  for (const path of sockets)
    watchDirectory(dirname(path), (name) => (name === undefined || name === basename(path)) && there.ring(), signal);
  const waits = backoff({ firstMs: 500, maxMs: 30_000, random: Math.random });
  let forget: NodeJS.Timeout | undefined;
  const isWhole = () => {
    clearTimeout(forget);
    forget = undefined;
    waits.reset();
    notice(undefined);
  };
  while (!signal.aborted) {
    const path = sockets.find((one) => existsSync(one));
    if (path !== undefined) {
      const error = await follow(path, isWhole).catch((reason: unknown) => reason as NodeJS.ErrnoException);
      if (signal.aborted) break;
      count('connectionsLost');
      const needs = error.code === 'EACCES' ? ' (needs the right to write to its socket)' : '';
      notice(`${called} at ${path} does not answer: ${error.message.slice(0, MESSAGE_CHARS_MAX)}${needs}`);
    } else notice(`no ${called}: nothing at ${sockets.join(', ')}`, 'quietly');
    forget ??= setTimeout(lost, goneAfterMs).unref();
    ready();
    const retry = path === undefined ? undefined : setTimeout(there.ring, waits.next()).unref();
    await there.rung(signal);
    clearTimeout(retry);
  }
  clearTimeout(forget);
}
