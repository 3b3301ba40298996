/** Connects to an engine whenever it is there, and keeps what it said for a while when it is not. */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { backoff } from '../../std/backoff.ts';
import { bell } from '../../std/bell.ts';
import { watchDirectory } from '../directory.ts';
import type { ProbeContext } from '../probe.ts';
import type { EngineAddress } from './address.ts';
import { EngineClient } from './client.ts';
import { type Followed, follow } from './follow.ts';

export interface ConnectionParts {
  readonly context: Pick<ProbeContext<unknown>, 'signal' | 'notice' | 'count' | 'ready'>;
  readonly address: EngineAddress;
  /** What people call it, with where it is. */
  readonly called: string;
  readonly goneAfterMs: number;
  readonly verifyMs: number;
  readonly containersMax: number;
  readonly answerMs: number;
  readonly followed: Followed;
  /** What is followed changed. `isKnown`: the engine answers, or did not long ago. */
  readonly changed: (isKnown: boolean) => void;
}

/** Until the signal aborts. */
export async function keepConnected(parts: ConnectionParts): Promise<void> {
  const { context, address, called, goneAfterMs, verifyMs, containersMax, answerMs, followed, changed } = parts;
  const { signal, notice, count, ready } = context;
  const there = bell();
  if ('path' in address)
    watchDirectory(
      dirname(address.path),
      (name) => (name === undefined || name === basename(address.path)) && there.ring(),
      signal,
    );
  const waits = backoff({ firstMs: 500, maxMs: 30_000, random: Math.random });
  let forget: NodeJS.Timeout | undefined;
  const lost = () => {
    followed.containers.clear();
    followed.networks.clear();
    followed.since = undefined;
    changed(false);
  };
  const isWhole = () => {
    clearTimeout(forget);
    forget = undefined;
    waits.reset();
    notice(undefined);
    changed(true);
  };
  while (!signal.aborted) {
    if (isThere(address)) {
      const client = new EngineClient(address, { answerMs });
      const error = await follow({ client, followed, containersMax, verifyMs, signal, changed: isWhole, count }).catch(
        (reason: unknown) => reason as NodeJS.ErrnoException,
      );
      if (signal.aborted) break;
      count('connectionsLost');
      const needs = error.code === 'EACCES' ? ' (needs the right to write to its socket)' : '';
      notice(`${called} does not answer: ${error.message.slice(0, MESSAGE_CHARS_MAX)}${needs}`);
    } else notice(`no engine: nothing at ${called}`, 'quietly');
    forget ??= setTimeout(lost, goneAfterMs).unref();
    ready();
    const retry = isThere(address) ? setTimeout(there.ring, waits.next()).unref() : undefined;
    await there.rung(signal);
    clearTimeout(retry);
  }
  clearTimeout(forget);
}

const MESSAGE_CHARS_MAX = 200;

function isThere(address: EngineAddress): boolean {
  return !('path' in address) || existsSync(address.path);
}
