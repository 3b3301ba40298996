/** Follows the rules of one bridge for as long as it is there, over as many connections as that takes. */
import { existsSync } from 'node:fs';
import type { Keys, OfAddress } from '../../openflow/address.ts';
import { Switch } from '../../openflow/switch.ts';
import { backoff } from '../../std/backoff.ts';
import { bell } from '../../std/bell.ts';
import type { Teller } from './tell.ts';

export interface Following {
  readonly address: OfAddress;
  readonly versions: readonly number[];
  readonly keys: Keys;
  readonly refreshMs: number;
  /** How long what was said is shown when nobody answers. */
  readonly goneAfterMs: number;
  readonly teller: Teller;
  readonly signal: AbortSignal;
  /** What is wrong with this bridge; undefined when nothing is. */
  readonly problem: (text: string | undefined) => void;
  /** The first picture is in the graph, or cannot be had now. */
  readonly settled: () => void;
  readonly count: (name: string, by?: number) => void;
}

/** A change that was not told in full is looked at so soon, and together with those that follow. */
const SOON_MS = 50;
/** No more than this part of the time goes into readings. */
const SHARE_MAX = 0.05;

export async function follow(following: Following): Promise<void> {
  const { address, signal, teller, problem, settled, count } = following;
  const waits = backoff({ firstMs: 200, maxMs: address.kind === 'unix' ? 5_000 : 30_000, random: Math.random });
  let forget: NodeJS.Timeout | undefined;
  while (!signal.aborted) {
    try {
      if (address.kind === 'unix' && !existsSync(address.path)) problem(`nothing at ${address.path}`);
      else
        await once(following, () => {
          clearTimeout(forget);
          forget = undefined;
          waits.reset();
          problem(teller.leftOut > 0 ? `${teller.leftOut} of its rules are too many to be shown` : undefined);
          settled();
        });
    } catch (error) {
      if (signal.aborted) break;
      count('connectionsLost');
      problem((error as Error).message);
    }
    settled();
    forget ??= setTimeout(() => teller.withdraw(), following.goneAfterMs).unref();
    await pauseFor(waits.next(), signal);
  }
  clearTimeout(forget);
}

/** One connection, until it ends, which it does by throwing. */
async function once(following: Following, isRead: () => void): Promise<void> {
  const { teller, signal, refreshMs, count } = following;
  const look = bell();
  let isUnclear = false;
  const unclear = () => {
    isUnclear = true;
    look.ring();
  };
  const ofSwitch = await Switch.open({
    ...following,
    rulesChanged: (events) => {
      if (!teller.events(events)) unclear();
    },
    groupsChanged: unclear,
  });
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  void ofSwitch.ended.then(() => stop.abort());
  try {
    teller.names = await ofSwitch.tableNames();
    if (!(await ofSwitch.monitor())) count('withoutMonitor');
    ofSwitch.watchGroups();
    while (!either.aborted) {
      isUnclear = false;
      const tookMs = await read(ofSwitch, teller);
      isRead();
      // Many bridges should not all be read at once.
      const waitMs = Math.max(refreshMs * (0.75 + Math.random() / 2), tookMs / SHARE_MAX);
      const wake = setTimeout(look.ring, isUnclear ? 0 : waitMs);
      await look.rung(either);
      clearTimeout(wake);
      if (isUnclear) await pauseFor(Math.max(SOON_MS, tookMs), either);
    }
    throw await ofSwitch.ended;
  } finally {
    if (ofSwitch.strays > 0) count('strays', ofSwitch.strays);
    ofSwitch.end();
  }
}

/** Everything there is. Gives how long it kept us busy, in ms. */
async function read(ofSwitch: Switch, teller: Teller): Promise<number> {
  let busyMs = 0;
  const timed =
    <T>(take: (value: T) => void) =>
    (value: T) => {
      const begun = performance.now();
      take(value);
      busyMs += performance.now() - begun;
    };
  teller.begin();
  await ofSwitch.rules(timed((rules) => teller.rules(rules)));
  teller.end('ofrule');
  if (await ofSwitch.groups(timed((groups) => teller.groups(groups)))) {
    teller.end('ofgroup');
    await ofSwitch.groupCounters(timed((counters) => teller.groupCounters(counters)));
  }
  return busyMs;
}

function pauseFor(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
