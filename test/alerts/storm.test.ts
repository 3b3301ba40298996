/** A thousand alerts while everything changes: what has to be written, sent and looked at leaves time for the rest. */
import { setImmediate as turn } from 'node:timers/promises';
import { type AllAlerts, defaultLimits } from '../../src/alerts/alert.ts';
import { Keeping } from '../../src/alerts/keeping.ts';
import { fakeClock } from '../std/fake-clock.ts';
import { Ground, reason } from './ground.ts';

test('what changes seldom is written at once; in a storm a write is for many, and what waits for it goes on after it', async () => {
  const fake = fakeClock();
  let spentMs = 0;
  const clock = { ...fake, now: () => fake.now() + spentMs };
  const said: string[] = [];
  let writeMs = 0;
  const keeping = new Keeping({
    clock,
    write: () => {
      said.push('written');
      spentMs += writeMs;
    },
    log: { info: () => undefined, warn: () => undefined },
  });
  keeping.due(() => said.push('a'));
  keeping.due(() => said.push('b'));
  expect(said).toEqual(['written', 'a', 'written', 'b']);
  said.length = 0;
  writeMs = 10;
  for (const name of ['c', 'd', 'e']) keeping.due(() => said.push(name));
  await fake.pass(39);
  expect(said).toEqual(['written', 'c']);
  await fake.pass(2);
  expect(said).toEqual(['written', 'c', 'written', 'd', 'e']);
  keeping.due(() => said.push('f'));
  void keeping.stop();
  expect(said.slice(-2)).toEqual(['written', 'f']);
});

test('what is written in pieces is told after it, one write at a time', async () => {
  const clock = fakeClock();
  const said: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const keeping = new Keeping({
    clock,
    write: () => {
      said.push('begun');
      return new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
    },
    log: { info: (text) => said.push(text), warn: (text) => said.push(text) },
  });
  keeping.due(() => said.push('a'));
  await clock.pass(10);
  keeping.due(() => said.push('b'));
  await clock.pass(10);
  expect(said).toEqual(['begun']);
  ends[0]?.();
  await clock.pass(79);
  expect(said).toEqual(['begun', 'a']);
  await clock.pass(2);
  expect(said).toEqual(['begun', 'a', 'begun']);
  ends[1]?.(new Error('no space left'));
  await clock.pass(0);
  expect(said.slice(3)).toEqual(['alerts cannot be kept, and are told all the same: no space left', 'b']);
  await clock.pass(5_000);
  expect(said.slice(5)).toEqual(['begun']);
  ends[2]?.();
  await clock.pass(0);
  expect(said.slice(6)).toEqual(['alerts are kept again']);
  const stopped = keeping.stop();
  await stopped;
  expect(said).toHaveLength(7);
});

test('a disk that hangs holds up nobody for long, and is not asked again before it has come back', async () => {
  const clock = fakeClock();
  const said: string[] = [];
  const ends: (() => void)[] = [];
  const keeping = new Keeping({
    clock,
    write: () => {
      said.push('begun');
      return new Promise((resolve) => ends.push(resolve));
    },
    log: { info: (text) => said.push(text), warn: (text) => said.push(text) },
  });
  keeping.due(() => said.push('a'));
  await clock.pass(4_900);
  expect(said).toEqual(['begun']);
  await clock.pass(200);
  const late = 'alerts cannot be kept, and are told all the same: the disk takes longer than 5 s';
  expect(said).toEqual(['begun', late, 'a']);
  keeping.due(() => said.push('b'));
  await clock.pass(60_000);
  expect(said).toEqual(['begun', late, 'a', 'b']);
  ends[0]?.();
  await clock.pass(6_000);
  ends[1]?.();
  await clock.pass(0);
  expect(said.slice(4)).toEqual(['begun', 'alerts are kept again']);
  await keeping.stop();
});

/** What each costs, on a clock that nothing else moves on. ms */
const LOOK_MS = 0.05;
const WRITE_MS = 5;

test('a thousand alerts at a thousand changes a second leave the event loop to others, within their bounds', async () => {
  const passing = fakeClock();
  let workedMs = 0;
  const clock = { ...passing, now: () => passing.now() + workedMs };
  let written = 0;
  let kept: AllAlerts = { alerts: [], standings: [], deliveries: [], history: [] };
  let found = 0;
  let onTheWay = 0;
  let onTheWayMost = 0;
  const ground = new Ground({
    clock,
    usedMs: () => workedMs,
    limits: { ...defaultLimits, waiting: 100 },
    look: async () => {
      workedMs += LOOK_MS;
      return found % 2 === 0 ? undefined : reason(`${found}`);
    },
    kept: {
      read: () => ({ lists: kept, note: undefined }),
      write: (lists) => {
        written++;
        workedMs += WRITE_MS;
        kept = lists;
      },
    },
    act: async () => {
      onTheWayMost = Math.max(onTheWayMost, ++onTheWay);
      await turn();
      onTheWay--;
      throw new Error('ECONNREFUSED');
    },
  });
  const made = ground.create();
  const [alert] = ground.alerts.list();
  if (alert === undefined) throw new Error(`${made} is not there`);
  const all: AllAlerts = { ...kept, alerts: Array.from({ length: 1_000 }, (_, at) => ({ ...alert, UUID: `u${at}` })) };
  ground.alerts.replace(all);
  const before = written;
  const begunMs = clock.now();
  // What is done between two turns of the event loop holds up all others for as long.
  let heldMs = 0;
  let isWatched = true;
  const watch = (lastMs: number) => {
    heldMs = Math.max(heldMs, workedMs - lastMs);
    if (isWatched) setImmediate(watch, workedMs);
  };
  watch(workedMs);
  while (clock.now() - begunMs < 2_000) {
    found++;
    ground.alerts.saw({ events: [{}] } as unknown as Parameters<typeof ground.alerts.saw>[0]);
    await passing.pass(1);
  }
  const tookMs = clock.now() - begunMs;
  const status = ground.alerts.status();
  isWatched = false;
  const stopped = ground.alerts.stop();
  await passing.pass(5_000);
  await stopped;
  expect(status).toMatchObject({ alerts: 1_000 });
  expect(status.fired).toBeGreaterThan(150);
  // Looking is for a share of the time, and takes it.
  expect(status.looks * LOOK_MS).toBeLessThan(0.3 * tookMs);
  expect(status.looks * LOOK_MS).toBeGreaterThan(0.1 * tookMs);
  // No more wait than may, and what gave way is counted.
  expect(status.waiting).toBeLessThanOrEqual(100);
  expect(status.told.dropped).toBeGreaterThan(0);
  expect(ground.alerts.history().length).toBeLessThanOrEqual(500);
  // Each message a write of its own would be thousands.
  expect(written - before).toBeLessThan(tookMs / (5 * WRITE_MS) + 2);
  // All go to the same place.
  expect(onTheWayMost).toBe(defaultLimits.tellingOne);
  // A stretch of looking, and one write.
  expect(heldMs).toBeGreaterThan(0);
  expect(heldMs).toBeLessThanOrEqual(5 + 4 * LOOK_MS + WRITE_MS);
});
