import { defaultSendLimits, Pace, Rations, refuseTooMany } from '../../../src/checks/run/rations.ts';
import { parseSuites } from '../../../src/checks/suite/parse.ts';
import { cable, host } from '../../query/forwarding/walked.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { fakeWorld, ran } from './fake_world.ts';

const NET = `${host('a', '10.0.0.1')}\n${host('b', '10.0.0.2')}\n${cable('a', 'veth:b/eth0')}`;
const ENDS = 'endpoints: { a: { netns: a }, b: { netns: b } }\ndefaults: { timeout: 1s, hold: 2s }';
const inject = (id: string, more: string) =>
  `  - { id: ${id}, name: ${id}, reach: { from: a, to: b, proto: icmp, method: inject${more}\n`;
const never = new AbortController().signal;

function checksOf(list: string) {
  const text = `apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: s }\n${ENDS}\nchecks:\n${list}`;
  return parseSuites([{ file: 'a.yaml', text }]).suites.flatMap(({ checks }) => checks);
}

test('what would send too much with its first attempts is refused before anything is sent, with the setting to change', () => {
  const checks = checksOf(inject('A', ', count: 60 } }') + inject('B', ', count: 60 } }'));
  const limits = { ...defaultSendLimits, perRun: 100 };
  expect(() => refuseTooMany(checks, limits)).toThrow(/this run would send 120 packets .* of 100 that one may send/);
  expect(() => refuseTooMany(checks, { ...limits, perRun: 120 })).not.toThrow();
  try {
    refuseTooMany(checks, { ...defaultSendLimits, perCheck: 50 });
  } catch (error) {
    expect(error).toMatchObject({
      message: 'A would send 60 packets with each attempt, of 50 that one check may send',
      faults: [{ code: 'check.packets', hint: expect.stringContaining('checks.packetsPerCheck') }],
    });
  }
  expect.assertions(3);
});

test('the cells of a table count, as far as they are tried; what is skipped and the model do not', () => {
  const table = (more: string) =>
    `  - { id: M, name: M, ${more} matrix: { proto: icmp, endpoints: [a, b], table: "  a b\\na . -\\nb + .", method: `;
  const limits = { ...defaultSendLimits, perCheck: 1 };
  expect(() => refuseTooMany(checksOf(`${table('')}inject } }\n`), limits)).toThrow(/M would send 2 packets/);
  expect(() => refuseTooMany(checksOf(`${table('')}model } }\n`), limits)).not.toThrow();
  expect(() => refuseTooMany(checksOf(`${table('skip: later,')}inject } }\n`), limits)).not.toThrow();
});

test('a check that is tried again and again ends at its bound as one that could not be run', async () => {
  const its = fakeWorld(NET, () => false);
  const limits = { ...defaultSendLimits, perCheck: 3 };
  const pace = new Pace(its.clock, limits);
  const check = inject('A', ' }, expect: { result: delivered }, retry: { for: 1h, every: 1s } }');
  const run = ran(its, check, { limits, pace }, ENDS);
  await its.clock.pass(30_000);
  expect(await run.summary).toMatchObject({ errors: 1, failed: 0, tookMs: expect.any(Number) });
  expect(run.results[0]).toMatchObject({
    attempts: 4,
    reason: 'A would have sent 4 packets, of 3 that one check may send',
    hint: expect.stringContaining('checks.packetsPerCheck'),
  });
  expect(its.made).toHaveLength(3);
  expect(pace.counts).toMatchObject({ sent: 3, refused: 1 });
});

test('a run that has sent all it may sends no more', async () => {
  const its = fakeWorld(NET);
  const limits = { ...defaultSendLimits, perRun: 2 };
  const list = ['A', 'B', 'C'].map((id) => inject(id, ' }, expect: { result: delivered } }')).join('');
  const run = ran(its, list, { limits, pace: new Pace(its.clock, limits), jobs: 1 }, ENDS);
  await its.clock.pass(60_000);
  expect(await run.summary).toMatchObject({ ok: 2, errors: 1 });
  expect(run.results.at(-1)?.reason).toBe('this run would have sent 3 packets, of 2 that one may send');
});

test('what comes faster than the rate waits its turn, and nobody is late for it', async () => {
  const its = fakeWorld(NET);
  const limits = { ...defaultSendLimits, perSecond: 1 };
  const pace = new Pace(its.clock, limits);
  const list = Array.from({ length: 30 }, (_, at) => inject(`C${at}`, ' }, expect: { result: delivered } }')).join('');
  const run = ran(its, list, { limits, pace, jobs: 64 }, ENDS);
  await its.clock.pass(10_500);
  expect(its.made.length).toBeGreaterThanOrEqual(10);
  expect(its.made.length).toBeLessThanOrEqual(12);
  await its.clock.pass(60_000);
  expect(await run.summary).toMatchObject({ ok: 30 });
  expect(pace.counts.waitedMs).toBeGreaterThan(0);
});

test('a rest is worth a second of packets at once, and whoever goes away waits no longer', async () => {
  const clock = fakeClock();
  const pace = new Pace(clock, { perSecond: 10 });
  const rations = new Rations(defaultSendLimits, pace);
  const waits: number[] = [];
  const wait = (ms: number) => void waits.push(ms);
  await rations.take('A', 10, wait, never);
  await rations.take('A', 1, wait, never);
  expect(waits).toEqual([]);
  const gone = new AbortController();
  const waiting = rations.take('A', 1, wait, gone.signal);
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  expect(waits).toEqual([100]);
  expect(pace.intervalMs).toBe(100);
});
