import { dropBeats } from '../../src/drops/beats.ts';
import { DROPS_KEPT } from '../../src/drops/drops.ts';
import { mergedWatches, remoteWatch } from '../../src/drops/remote.ts';
import { Drops, TAKEN_MAX } from '../../src/drops/watches.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { fakeClock, quiet } from '../std/fake-clock.ts';
import { type FakeKernel, fakeKernel, type Record, recordsOf } from './records.ts';

const pair = { a: '10.0.0.1', b: '10.0.0.2' };

function world(refusal?: string) {
  const kernel: FakeKernel = fakeKernel(refusal);
  const clock = fakeClock();
  return { kernel, clock, drops: new Drops({ door: kernel, host: 'web1', ownCookie: 1n, clock }) };
}

test('a drop is told with its reason, function, namespace, interface and tuple', async () => {
  const { kernel, drops } = world();
  const watch = await drops.watch({ packets: [pair] });
  kernel.tell({ records: recordsOf({ numbers: [40_000, 80], inIfIndex: 4 }) });
  expect(watch.drops()).toEqual([
    {
      host: 'web1',
      timeNs: '1700000000000000000',
      timeMs: 1_700_000_000_000,
      reason: 'NETFILTER_DROP',
      symbol: 'nf_hook_slow',
      cookie: '5',
      inode: 99,
      ifIndex: 2,
      inIfIndex: 4,
      direction: 'forward',
      length: 60,
      tuple: { from: '10.0.0.1', to: '10.0.0.2', protocol: 6, fromPort: 40_000, toPort: 80, tcpFlags: 0, ttl: 64 },
    },
  ]);
});

test.each<[string, Record, number]>([
  ['the same ports', { numbers: [40_000, 80] }, 1],
  ['the other direction', { from: '10.0.0.2', to: '10.0.0.1', numbers: [80, 40_000] }, 1],
  ['another port', { numbers: [40_000, 81] }, 0],
  ['its ports the other way round', { numbers: [80, 40_000] }, 0],
  ['another protocol', { protocol: 17, numbers: [40_000, 80] }, 0],
  ['a fragment without ports', {}, 1],
  ['ARP', { protocol: 0 }, 1],
  ['an ICMP error', { protocol: 1, numbers: [(3 << 8) | 1, 0] }, 1],
  ['an echo', { protocol: 1, numbers: [8 << 8, 7] }, 0],
  ['another address', { to: '10.0.0.3', numbers: [40_000, 80] }, 0],
])('who watches TCP to port 80 of a pair is told of %s or not', async (_, record, count) => {
  const { kernel, drops } = world();
  const watch = await drops.watch({ packets: [{ ...pair, protocol: 6, bPort: 80 }] });
  kernel.tell({ records: recordsOf(record) });
  expect(watch.drops().length).toBe(count);
});

test('an echo reply that no second socket waits for is no loss', async () => {
  const { kernel, drops } = world();
  const watch = await drops.watch({});
  kernel.tell({ records: recordsOf({ reason: 3, protocol: 1, numbers: [0, 7] }, { reason: 3, protocol: 17 }) });
  expect(watch.drops().map(({ tuple }) => tuple.protocol)).toEqual([17]);
});

test('what is no whole record is left alone', async () => {
  const { kernel, drops } = world();
  const watch = await drops.watch({});
  kernel.tell({ records: recordsOf({}, {}).subarray(0, 100) });
  expect(watch.drops().length).toBe(1);
});

test('the kernel is told of each pair once, and left alone some seconds after the last watch', async () => {
  const { kernel, clock, drops } = world();
  const [one, two] = [
    await drops.watch({ packets: [pair] }),
    await drops.watch({ packets: [{ a: pair.b, b: pair.a }] }),
  ];
  const all = await drops.watch({});
  expect([kernel.wanted(), kernel.isAll]).toEqual([1, true]);
  await one[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await all[Symbol.asyncDispose]();
  expect([kernel.wanted(), kernel.isAll]).toEqual([1, false]);
  await two[Symbol.asyncDispose]();
  expect([kernel.wanted(), kernel.isOpen]).toEqual([0, true]);
  await clock.pass(5_000);
  expect(kernel.isOpen).toBe(false);
});

test('drops are told in the order they happened', async () => {
  const { kernel, drops } = world();
  const watch = await drops.watch({});
  kernel.tell({ records: recordsOf({ timeNs: 3_000_000n }, { timeNs: 1_000_000n }) });
  expect(watch.drops().map(({ timeMs }) => timeMs)).toEqual([1, 3]);
});

test('what is not kept is counted, here and in the kernel', async () => {
  const { kernel, drops } = world();
  kernel.tell({ lost: 3 });
  await drops.watch({});
  kernel.tell({ lost: 10 });
  const watch = await drops.watch({ most: 1 });
  kernel.tell({ records: recordsOf({}, {}, {}), lost: 14 });
  expect([watch.drops().length, watch.lost()]).toEqual([1, 6]);
  expect(DROPS_KEPT).toBeGreaterThan(1);
});

test('a kernel that does not tell is unavailable, with what would do', async () => {
  const { drops } = world('EPERM');
  const answer = drops.watch({ packets: [pair] });
  await expect(answer).rejects.toBeInstanceOf(Unavailable);
  await expect(answer).rejects.toThrow('CAP_BPF and CAP_PERFMON');
  expect(drops.stats().watches).toBe(0);
});

test('of a storm so much is looked at as leaves time for others, and the rest is told as lost', async () => {
  const { drops, kernel } = world();
  const watch = await drops.watch({ most: 0 });
  let heard = 0;
  watch.listen(() => heard++);
  const storm = recordsOf(...Array.from({ length: TAKEN_MAX + 100 }, () => ({})));
  kernel.tell({ records: storm, lost: 5 });
  expect([heard, watch.lost()]).toEqual([TAKEN_MAX, 105]);
  kernel.tell({ records: recordsOf({}), lost: 5 });
  expect([heard, watch.lost(), drops.stats().lost]).toEqual([TAKEN_MAX + 1, 105, 105]);
});

test('what is no address is refused', async () => {
  await expect(world().drops.watch({ packets: [{ a: 'web1' }] })).rejects.toThrow('web1 is no IP address');
});

test('drops of another host come by its beats, and those of several hosts as one', async () => {
  const here = world();
  const there = world();
  const source = await there.drops.watch({ packets: [pair], most: 0 });
  const stopping = new AbortController();
  const beats = dropBeats(source, { clock: there.clock, signal: stopping.signal });
  const remote = await remoteWatch(beats, { stop: () => stopping.abort() });
  await using both = mergedWatches([await here.drops.watch({ packets: [pair] }), remote]);
  there.kernel.tell({ records: recordsOf({ timeNs: 2_000_000n }), lost: 2 });
  here.kernel.tell({ records: recordsOf({ timeNs: 9_000_000n }) });
  const settled = both.settled();
  await there.clock.pass(200);
  await there.clock.pass(200);
  await settled;
  expect(both.drops().map(({ timeMs }) => timeMs)).toEqual([2, 9]);
  expect([both.lost(), both.trouble()]).toEqual([2, undefined]);
});

test('a host that goes is told as trouble, and nobody waits for it', async () => {
  async function* beats() {
    yield { drops: [], lost: 0 };
    await quiet();
    throw new Error('the agent of db1 is gone');
  }
  const watch = await remoteWatch(beats(), { stop: () => {} });
  await watch.settled();
  expect(watch.trouble()).toBe('the agent of db1 is gone');
});
