import { cable, host } from '../../query/forwarding/walked.ts';
import { fakeWorld, ran } from './fake_world.ts';

const NET = `${host('a', '10.0.0.1')}\n${host('b', '10.0.0.2')}\n${cable('a', 'veth:b/eth0')}`;
const ENDS =
  'endpoints: { a: { netns: a }, b: { netns: b } }\ndefaults: { timeout: 1s, retry: { for: 3s, every: 1s }, hold: 2s }';
const inject = (id: string, result: string, more = '') =>
  `  - { id: ${id}, name: ${id}, reach: { from: a, to: b, proto: icmp, method: inject }, expect: { result: ${result} }${more} }\n`;

test('a positive check is ok as soon as one attempt is, and is told to be flaky when it was not the first', async () => {
  const its = fakeWorld(NET, (attempt) => attempt >= 2);
  const run = ran(its, inject('A', 'delivered'), {}, ENDS);
  await its.clock.pass(10_000);
  expect(await run.summary).toMatchObject({ checks: 1, ok: 1, flaky: 1 });
  expect(run.results[0]).toMatchObject({ status: 'ok', attempts: 3, flaky: true, code: 'DELIVERED' });
  expect(its.open()).toEqual({ watches: 0, injections: 0 });
});

test('a positive check fails when its time is over, with the code of its last attempt', async () => {
  const its = fakeWorld(NET, () => false);
  const run = ran(its, inject('A', 'delivered'), {}, ENDS);
  await its.clock.pass(30_000);
  expect(await run.summary).toMatchObject({ checks: 1, failed: 1, flaky: 0 });
  expect(run.results[0]).toMatchObject({
    status: 'failed',
    attempts: 4,
    traffic: { sent: 1, delivered: 0, lossPercent: 100 },
  });
});

test('a negative check has to stay so: it is ok only after its hold', async () => {
  const its = fakeWorld(NET, () => false);
  const run = ran(its, inject('A', 'dropped'), {}, ENDS);
  await its.clock.pass(1_500);
  expect(run.results).toEqual([]);
  await its.clock.pass(5_000);
  await run.summary;
  expect(run.results[0]).toMatchObject({ status: 'ok' });
  expect(run.results[0]?.heldMs).toBeGreaterThanOrEqual(2_000);
});

test('a negative check that was so and did not stay so fails, and says how long it was', async () => {
  const its = fakeWorld(NET, (attempt) => attempt >= 1);
  const run = ran(its, inject('A', 'dropped'), {}, ENDS);
  await its.clock.pass(20_000);
  await run.summary;
  expect(run.results[0]).toMatchObject({
    status: 'failed',
    attempts: 2,
    reason: expect.stringMatching(/^it was as expected for 1\.\d s, and then no more: a reaches b .*should not/),
  });
});

test('an endpoint that is not there is an error, neither passed nor failed', async () => {
  const its = fakeWorld(NET);
  const run = ran(
    its,
    '  - { id: A, name: A, reach: { from: a, to: "netns:x", proto: icmp, method: model }, expect: { result: dropped }, retry: { for: 0s } }\n',
    {},
    ENDS,
  );
  await its.clock.pass(60_000);
  expect(await run.summary).toMatchObject({ errors: 1, failed: 0, ok: 0 });
  expect(run.results[0]).toMatchObject({ status: 'error', reason: expect.stringContaining('netns:x') });
});

test('whoever asked goes away: what was made is removed, and no more is told', async () => {
  const its = fakeWorld(NET, () => false);
  const run = ran(its, inject('A', 'delivered') + inject('B', 'delivered'), {}, ENDS);
  await its.clock.pass(50);
  expect(its.open().injections).toBeGreaterThan(0);
  run.stop.abort();
  await its.clock.pass(1_000);
  expect(await run.summary).toMatchObject({ checks: 0, cutOff: { why: 'interrupted' } });
  expect(its.open()).toEqual({ watches: 0, injections: 0 });
});

test('the time of the whole run is over: what is known is told, and the rest is not', async () => {
  const its = fakeWorld(NET, () => false);
  const run = ran(
    its,
    `${inject('A', 'delivered')}  - { id: Q, name: Q, query: "G.V().Count()", expect: { equals: 4 } }\n`,
    { timeoutMs: 1_000 },
    ENDS,
  );
  await its.clock.pass(5_000);
  expect(await run.summary).toMatchObject({ checks: 1, ok: 1, cutOff: { why: 'timeout' } });
  expect(run.said()).toEqual(['Q ok']);
});

test('with fail-fast the first failure is the last result', async () => {
  const its = fakeWorld(NET);
  const bad = (id: string) =>
    `  - { id: ${id}, name: ${id}, query: "G.V().Count()", expect: { equals: 5 }, retry: { for: 0s } }\n`;
  const run = ran(its, bad('A') + inject('B', 'delivered'), { isFailFast: true, jobs: 1 }, ENDS);
  await its.clock.pass(60_000);
  expect(await run.summary).toMatchObject({ failed: 1, cutOff: { why: 'fail-fast' } });
  expect(run.said()).toEqual(['A failed']);
});

test('failed checks are run again at the end when that is asked for', async () => {
  const its = fakeWorld(NET, (attempt) => attempt >= 1);
  const run = ran(its, inject('A', 'delivered', ', retry: { for: 0s }'), { retryFailed: 2 }, ENDS);
  await its.clock.pass(60_000);
  expect(await run.summary).toMatchObject({ ok: 1, flaky: 1, checks: 1 });
  expect(run.results[0]).toMatchObject({ attempts: 2, flaky: true });
});

test('nothing is sent in a dry run: it is said what would be', async () => {
  const its = fakeWorld(NET);
  const run = ran(its, inject('A', 'delivered'), { isDry: true }, ENDS);
  await its.clock.pass(1_000);
  await run.summary;
  expect(its.made).toEqual([]);
  expect(run.results[0]).toMatchObject({ status: 'skipped', would: ['1 × icmp 10.0.0.1 → 10.0.0.2 from inside of a'] });
});

test('a check that is skipped says why; severity decides what a failure counts as', async () => {
  const its = fakeWorld(NET);
  const run = ran(
    its,
    '  - { id: A, name: A, skip: "not yet", query: "G.V().Count()", expect: { equals: 1 } }\n  - { id: B, name: B, severity: warning, query: "G.V().Count()", expect: { equals: 1 }, retry: { for: 0s } }\n',
    {},
    ENDS,
  );
  await its.clock.pass(1_000);
  expect(await run.summary).toMatchObject({ skipped: 1, warnings: 1, failed: 0 });
  expect(run.results[0]).toMatchObject({ status: 'skipped', reason: 'not yet' });
});

test('metrics are formulas over all series, and workflows give values', async () => {
  const its = fakeWorld(NET);
  const run = ran(
    its,
    '  - { id: A, name: A, metric: "max(skein_a)", expect: { max: 4 }, retry: { for: 0s } }\n  - { id: B, name: B, metric: "skein_a / 2", expect: { max: 4 } }\n  - { id: C, name: C, workflow: { name: W }, expect: { equals: { is: W } } }\n',
    {},
    ENDS,
  );
  await its.clock.pass(1_000);
  await run.summary;
  expect(run.said().sort()).toEqual(['A failed', 'B ok', 'C ok']);
  expect(run.results.find(({ id }) => id === 'A')).toMatchObject({ code: 'TOO_HIGH', got: '5' });
});

test('a check of a workflow keeps its own name, and what is no number is said to be none', async () => {
  const its = fakeWorld(NET);
  const run = ran(its, '  - { id: A, name: mine, workflow: { name: W }, expect: { min: 0 } }\n', {}, ENDS);
  await its.clock.pass(10_000);
  await run.summary;
  expect(run.results[0]).toMatchObject({ name: 'mine', code: 'UNEXPECTED', got: 'no number, but {"is":"W"}' });
});

test('a table is compared cell by cell', async () => {
  const its = fakeWorld(NET);
  const check =
    '  - { id: M, name: M, retry: { for: 0s }, matrix: { proto: icmp, method: model, endpoints: [a, b], table: "  a b\\na . -\\nb + ." } }';
  const run = ran(its, check, {}, ENDS);
  await its.clock.pass(1_000);
  await run.summary;
  expect(run.results[0]).toMatchObject({
    status: 'failed',
    code: 'WRONG_CELLS',
    reason: 'a → b: it gets there, which it should not',
  });
  expect(run.results[0]?.matrix?.rows.map(({ cells }) => cells.map(({ got }) => got).join(''))).toEqual(['.+', '+.']);
});

test('each of several nodes is a result of its own; all of them are one', async () => {
  const its = fakeWorld(NET);
  const head = `${ENDS.replace('}, b: {', "}, every: { gremlin: \"G.V().Has('Type','netns')\", pick: each }, all: { gremlin: \"G.V().Has('Type','netns')\", pick: all }, b: {")}`;
  const check = (id: string, to: string) =>
    `  - { id: ${id}, name: ${id}, reach: { from: a, to: ${to}, proto: icmp, method: model }, expect: { result: delivered } }\n`;
  const run = ran(its, check('E', 'every') + check('L', 'all'), {}, head);
  await its.clock.pass(60_000);
  await run.summary;
  expect(run.results.map(({ id, instance, status }) => `${id} ${instance ?? ''} ${status}`).sort()).toEqual([
    'E a → a ok',
    'E a → b ok',
    'L  ok',
  ]);
});
