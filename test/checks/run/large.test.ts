import type { CheckResult } from '../../../src/checks/result.ts';
import { WHOLES_MAX } from '../../../src/checks/run/check.ts';
import { Since } from '../../../src/checks/run/since.ts';
import type { Check } from '../../../src/checks/suite/suite.ts';
import { mistake } from '../../../src/std/mistake.ts';
import { cable, host } from '../../query/forwarding/walked.ts';
import { fakeWorld, ran } from './fake_world.ts';

const NET = `${host('a', '10.0.0.1')}\n${host('b', '10.0.0.2')}\n${cable('a', 'veth:b/eth0')}`;
const HEAD =
  'endpoints: { a: { netns: a }, b: { netns: b } }\ndefaults: { retry: { for: 0s }, hold: 0s, evidence: { since: 1s } }';
const failing = (count: number) =>
  Array.from(
    { length: count },
    (_, at) =>
      `  - { id: F${at}, name: f, reach: { from: a, to: b, proto: icmp, method: model }, expect: { result: dropped } }\n`,
  ).join('');

test('of many failures the first are looked into whole, and the rest say so', async () => {
  const its = fakeWorld(NET);
  const run = ran(its, failing(WHOLES_MAX + 30), {}, HEAD);
  expect(await run.summary).toMatchObject({ failed: WHOLES_MAX + 30 });
  const brief = run.results.filter(({ evidence }) => evidence?.hops === undefined);
  expect(brief).toHaveLength(30);
  for (const { status, code, reason, evidence } of brief) {
    expect({ status, code }).toEqual({ status: 'failed', code: 'DELIVERED' });
    expect(reason).toContain('which it should not');
    expect(evidence).toEqual({ missing: [`more: ${WHOLES_MAX} failures of this run were looked into whole`] });
  }
});

test('failures that ask the same share one look at what has changed', async () => {
  const its = fakeWorld(NET);
  await its.clock.pass(5_000);
  let [diffs, whys, paths] = [0, 0, 0];
  const { timeline } = its.world;
  const world = {
    ...its.world,
    timeline: {
      ...timeline,
      diff: async () => {
        diffs++;
        return [];
      },
      at: async (time: number) => {
        paths++;
        return timeline.at(time);
      },
    },
    why: async () => {
      whys++;
      return [];
    },
  };
  const run = ran({ ...its, world }, failing(50), {}, HEAD);
  expect(await run.summary).toMatchObject({ failed: 50 });
  expect({ diffs, whys, paths }).toEqual({ diffs: 1, whys: 1, paths: 1 });
  expect(run.results.every(({ evidence }) => evidence?.changes !== undefined)).toBe(true);
});

test('what broke it is asked for one failure at a time, and why it is not known is told', async () => {
  const its = fakeWorld(NET);
  await its.clock.pass(5_000);
  let [asking, most, asked] = [0, 0, 0];
  const world = {
    ...its.world,
    why: async () => {
      most = Math.max(most, ++asking);
      await new Promise((resolve) => setImmediate(resolve));
      asking--;
      if (asked++ % 2 === 0) throw mistake('query.limit', 'the query was stopped after 2 s');
      return [];
    },
  };
  const checks = failing(20).replaceAll(/F(\d+)(.*?)proto: icmp/g, 'F$1$2proto: tcp, port: 1$1');
  const run = ran({ ...its, world }, checks, {}, HEAD);
  expect(await run.summary).toMatchObject({ failed: 20 });
  expect({ most, asked }).toEqual({ most: 1, asked: 20 });
  const missing = run.results.filter(({ evidence }) =>
    evidence?.missing?.includes('what broke it: the query was stopped after 2 s'),
  );
  expect(missing).toHaveLength(10);
});

test('one that fails and is tried again is looked into once, at the end', async () => {
  const its = fakeWorld(NET);
  const run = ran(its, failing(WHOLES_MAX / 2), { retryFailed: 3 }, HEAD);
  expect(await run.summary).toMatchObject({ failed: WHOLES_MAX / 2 });
  expect(run.results.every(({ evidence, attempts }) => evidence?.hops !== undefined && attempts === 4)).toBe(true);
});

test('the event loop turns while thousands of checks go on', async () => {
  const its = fakeWorld(NET);
  let [turns, now] = [0, 0];
  const world = {
    ...its.world,
    // Each look at the clock finds it a little later.
    elapsed: () => {
      now += 0.1;
      return now;
    },
    turn: () =>
      new Promise<void>((resolve) => {
        turns++;
        setImmediate(resolve);
      }),
  };
  const query = '  - { name: q, query: "G.V().Count()", expect: { min: 1 } }\n'.repeat(1_000);
  expect(await ran({ ...its, world }, query, {}, HEAD).summary).toMatchObject({ ok: 1_000 });
  expect(turns).toBeGreaterThan(20);
});

test('nothing new is begun while whoever reads has not taken what there is', async () => {
  const its = fakeWorld(NET);
  const full = Promise.withResolvers<void>();
  let isFull = true;
  const told: CheckResult[] = [];
  const ready = () => (isFull && told.length >= 10 ? full.promise : undefined);
  const run = ran(its, failing(100), { jobs: 2, ready }, HEAD, told);
  for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
  // Those that were being looked into then are told.
  const then = told.length;
  expect(then).toBeGreaterThanOrEqual(10);
  expect(then).toBeLessThan(40);
  for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect(told).toHaveLength(then);
  isFull = false;
  full.resolve();
  expect(await run.summary).toMatchObject({ failed: 100 });
});

test('of two runs one is stopped, and the other is whole', async () => {
  const its = fakeWorld(NET, () => true);
  const inject = (id: string) =>
    Array.from(
      { length: 10 },
      (_, at) =>
        `  - { id: ${id}${at}, name: x, reach: { from: a, to: b, proto: icmp, method: inject }, expect: { result: delivered } }\n`,
    ).join('');
  const [one, other] = [ran(its, inject('A'), {}, HEAD), ran(its, inject('B'), {}, HEAD)];
  await its.clock.pass(50);
  one.stop.abort();
  await its.clock.pass(60_000);
  expect(await one.summary).toMatchObject({ cutOff: { why: 'interrupted' } });
  expect(await other.summary).toMatchObject({ checks: 10, ok: 10 });
  expect(its.open()).toEqual({ watches: 0, injections: 0 });
});

test('green runs are told apart while they are few, and are never later than they were', () => {
  const check = (id: string) => ({ id, evidence: { sinceMs: 60_000 } }) as Check;
  const few = new Map([1, 2, 3].map((at) => [`C${at}`, at * 10]));
  const its = new Since([...few.keys()].map(check), (id) => few.get(id));
  for (const [id, at] of few) expect(its.of(check(id), 100)).toEqual({ from: at, lastGreenAt: at });
  const many = new Map(Array.from({ length: 500 }, (_, at) => [`C${at}`, at + (at > 250 ? 9_000 : 0)]));
  const those = new Since([...many.keys()].map(check), (id) => many.get(id));
  const froms = [...many].map(([id, at]) => {
    const { from, lastGreenAt } = those.of(check(id), 20_000);
    expect(lastGreenAt).toBe(at);
    expect(from).toBeLessThanOrEqual(at);
    return from;
  });
  expect(new Set(froms).size).toBeLessThanOrEqual(6);
  expect(froms.at(-1)).toBeGreaterThan(9_000);
});
