/** Live graph and archive as one line of time, over a restart in the middle. */
import fc from 'fast-check';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { closeLost } from '../../src/archive/restore.ts';
import { MergedTimeline } from '../../src/archive/timeline.ts';
import type { Change, Commit } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { SAMPLES_KEPT } from '../../src/graph/series.ts';
import { toldOf } from '../../src/graph/telling.ts';
import type { Told } from '../../src/graph/told.ts';
import type { Difference, Element, GraphView } from '../../src/graph/view.ts';
import { QueryEngine } from '../../src/query/query.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { quiet } from '../std/fake-clock.ts';
import { changes as anyChanges } from './changes.ts';
import { OWN, begin as run } from './process.ts';

const node = (id: string, N = 1): Change => ({ kind: 'node', id, metadata: { N } });
const edge = (parent: string, child: string): Change => ({
  kind: 'edge',
  parent,
  child,
  metadata: { RelationType: 'r' },
});
const draw = (view: GraphView) => [...view.nodes(), ...view.edges()].map(line).sort().join(' | ');
const line = ({ id, metadata, revision, createdAt }: Element) =>
  `${id} ${JSON.stringify(metadata)} r${revision} since ${createdAt}`;

test('after a restart the past is there, and what comes back lives on', async () => {
  const archive = new MemoryArchive();
  const first = await run(archive, 1_000);
  first.say(1_100, [node('a'), node('b'), edge('a', 'b')]);
  await first.end(2_000);

  const second = await run(archive, 10_000);
  second.say(10_100, [node('a', 2), node('b')]);
  const lost = await second.settle();
  expect(lost.map(({ id }) => id)).toEqual(['a>r>b']);
  expect(draw(await second.timeline.at(1_500))).toBe(
    'a {"N":1} r1 since 1100 | a>r>b {"RelationType":"r"} r1 since 1100 | b {"N":1} r1 since 1100',
  );
  expect(draw(await second.timeline.at(10_100))).toBe('a {"N":2} r2 since 1100 | b {"N":1} r1 since 1100');
  const history = await second.timeline.history(['a', 'a>r>b']);
  expect(history.map(({ id, updatedAt, validTo }) => [id, updatedAt, validTo])).toEqual([
    ['a', 1_100, 10_100],
    ['a', 10_100, undefined],
    // It was last known when the first process ended.
    ['a>r>b', 1_100, 2_000],
  ]);
  expect(await archive.gaps()).toEqual([{ from: 2_000, to: 10_000 }]);
});

test('what did not come back while nothing could be written is closed when something can', async () => {
  const archive = new MemoryArchive();
  const first = await run(archive, 1_000);
  first.say(1_100, [node('a')]);
  await first.end(2_000);
  const { graph, restored } = await run(archive, 10_000);
  const close = archive.closeLost.bind(archive);
  archive.closeLost = () => Promise.reject(new Unavailable('history', 'room'));
  let tries = 0;
  const lost = closeLost(archive, graph, restored, async () => {
    // Meanwhile another takes its id.
    if (++tries === 1) graph.apply([node('a', 2)], { host: 'h', origin: OWN, time: 10_500 });
    if (tries === 3) archive.closeLost = close;
    return true;
  });
  expect((await lost).map(({ id }) => id)).toEqual(['a']);
  expect((await archive.versions(['a'])).map(({ updatedAt, validTo }) => [updatedAt, validTo])).toEqual([
    [1_100, 2_000],
  ]);
});

test('of a time at which nobody was watching it is said so', async () => {
  const archive = new MemoryArchive();
  const first = await run(archive, 1_000);
  first.say(1_100, [node('a')]);
  await first.end(2_000);
  const { timeline, clock } = await run(archive, 10_000);
  await clock.pass(1_000);
  const engine = new QueryEngine({ keys: () => [] });
  const warnings = async (text: string) => {
    const answer = await engine.run(engine.prepare(text), { timeline, nowMs: 11_000, elapsed: () => 0, turn: quiet });
    return answer.warnings.map(({ code, message }) => `${code} ${message}`);
  };
  const gap = [
    'query.unwatched nobody was watching from 1970-01-01T00:00:02.000Z to 1970-01-01T00:00:10.000Z: of then, what was last known is told',
  ];
  expect(await warnings("G.At('1970-01-01T00:00:05Z').V()")).toEqual(gap);
  expect(await warnings("G.At('-1s', 2000).V()")).toEqual([expect.stringContaining('window-cut'), ...gap]);
  expect(await warnings("G.Diff('1970-01-01T00:00:01.5Z', NOW)")).toEqual(gap);
  expect(await warnings("G.At('1970-01-01T00:00:01.5Z').V()")).toEqual([]);
  expect(await warnings("G.At('-1s').V()")).toEqual([]);
  expect(await warnings('G.V()')).toEqual([]);
});

test('what users made is there at once after a restart, and is not lost', async () => {
  const archive = new MemoryArchive();
  const first = await run(archive, 1_000);
  first.say(1_100, [node('mine'), node('yours'), edge('mine', 'yours')], 'api.h');
  await first.end(2_000);
  const second = await run(archive, 10_000);
  expect(draw(second.graph.now())).toContain('mine>r>yours');
  expect(await second.settle()).toEqual([]);
});

test('a difference over the restart is told key by key', async () => {
  const archive = new MemoryArchive();
  const first = await run(archive, 1_000);
  first.say(1_100, [node('a'), node('b')]);
  await first.end(2_000);
  const second = await run(archive, 10_000);
  second.say(10_100, [node('a', 2), node('c')]);
  await second.settle();
  const words = ({ kind, before, after, keys }: Difference) =>
    `${kind} ${(before ?? after)?.id} ${keys.map(({ key, ...values }) => `${key} ${values.before}-${values.after}`)}`;
  await second.clock.pass(1_000);
  expect((await second.timeline.diff({ from: 1_500, to: 10_500 })).map(words).sort()).toEqual([
    'added c ',
    'changed a N 1-2',
    'removed b ',
  ]);
});

test('a time before anything is known names what is kept', async () => {
  const archive = new MemoryArchive();
  const first = await run(archive, 1_000);
  first.say(1_100, [node('a')]);
  await first.end(2_000);
  const second = await run(archive, 10_000);
  expect(() => second.timeline.at(999)).toThrow(
    expect.objectContaining({
      faults: [expect.objectContaining({ hint: expect.stringContaining('1970-01-01T00:00:01.000Z') })],
    }),
  );
});

test('any history cut by a restart at any point reads as if it had never been cut', async () => {
  await fc.assert(
    fc.asyncProperty(anyChanges, fc.nat(30), async (steps, cut) => {
      const whole = new Graph({ begin: 0 });
      const archive = new MemoryArchive();
      let process = await run(archive, 0);
      const pictures = new Map<number, string>();
      let time = 1;
      for (const [i, { pause, changes }] of steps.entries()) {
        time += pause;
        if (i === cut) {
          await process.end(time);
          // Begins later than it ended: no moment belongs to both.
          process = await run(archive, ++time);
          // Those that somebody speaks of at once; here that is everyone.
          process.graph.adopt(() => true);
          time++;
        }
        process.say(time, changes);
        whole.apply(changes, { host: 'h', origin: OWN, time });
        pictures.set(time, draw(whole.now()));
      }
      await process.clock.pass(1_000);
      await process.timeline.refresh();
      for (const [moment, picture] of pictures) expect(draw(await process.timeline.at(moment))).toBe(picture);
    }),
    { numRuns: 60 },
  );
});

test('counters that memory has no room for are looked up in the archive', async () => {
  const archive = new MemoryArchive();
  const { timeline, say, clock, writer } = await run(archive, 1_000);
  say(1_000, [node('a')]);
  const last = 1_000 + SAMPLES_KEPT + 10;
  for (let time = 1_001; time <= last; time++)
    say(time, [{ kind: 'counters', id: 'a', series: 'Metric', total: { Rx: time } }]);
  await clock.pass(10_000);
  await writer.flushed();
  await timeline.refresh();
  expect((await timeline.at(1_005)).counters('a', 'Metric')?.total).toEqual({ Rx: 1_005 });
  const samples = async (from: number) =>
    (await timeline.samples(['a', 'b'], 'Metric', { from, to: last })).get('a')?.length;
  expect(await samples(1_001)).toBe(last - 1_001);
  expect(await samples(last - 5)).toBe(5);
});

test('counters from before a restart are found after it', async () => {
  const archive = new MemoryArchive();
  const first = await run(archive, 1_000);
  first.say(1_100, [node('a')]);
  for (const [time, Rx] of [
    [1_200, 10],
    [1_300, 30],
  ] as const)
    first.say(time, [{ kind: 'counters', id: 'a', series: 'Metric', total: { Rx } }]);
  await first.end(2_000);
  const second = await run(archive, 10_000);
  second.say(10_100, [node('a')]);
  expect((await second.timeline.samples(['a'], 'Metric', { from: 1_000, to: 10_100 })).get('a')).toEqual([
    { start: 1_200, last: 1_300, counters: { Rx: 20 } },
  ]);
});

test('what the archive forgot while it was asked is not answered in part', async () => {
  const archive = new MemoryArchive();
  const first = await run(archive, 1_000);
  first.say(1_100, [node('a')]);
  first.say(1_200, [node('a', 2), node('b')]);
  await first.end(2_000);
  const second = await run(archive, 10_000);
  await archive.prune(1_500);
  await expect((async () => second.timeline.at(1_150))()).rejects.toThrow(
    'nothing is kept at 1970-01-01T00:00:01.150Z',
  );
});

test('while nothing can be written, what was written and what is in memory are told as one', async () => {
  const archive = new MemoryArchive();
  const { timeline, say, clock, writer, graph } = await run(archive, 1_000);
  say(1_100, [node('a'), node('b'), edge('a', 'b')]);
  const count = (time: number, Rx: number) =>
    say(time, [{ kind: 'counters', id: 'b', series: 'Metric', total: { Rx } }]);
  count(1_100, 1);
  count(1_150, 2);
  // A full segment of the log, so that there is something to forget.
  for (let n = 0; n < 5_000; n++) say(1_200, [node('a', n)]);
  await clock.pass(500);
  await writer.flushed();
  graph.forgetBefore(1_201);
  say(1_300, [node('a', 7), { kind: 'gone', id: 'b' }, node('c')]);
  count(1_300, 3);
  archive.append = () => Promise.reject(new Unavailable('history', 'room'));
  await expect(writer.flushed()).rejects.toThrow('needs room');

  const span = { from: 1_000, to: 2_000 };
  const told = (elements: Iterable<Element>) =>
    Array.from(elements, ({ id, metadata, updatedAt, validTo }) => `${id} ${metadata.N ?? ''} ${updatedAt}-${validTo}`);
  const versions = ['a 1 1100-1200', 'b 1 1100-1300', 'a 4999 1200-1300', 'a 7 1300-undefined', 'c 1 1300-undefined'];
  const view = await timeline.between(span);
  expect(told(view.nodes())).toEqual(versions);
  expect(told(view.edges())).toEqual(['a>r>b  1100-1300']);
  expect(view.counters('b', 'Metric')?.total).toEqual({ Rx: 2 });
  expect(told(await timeline.history(['b', 'c']))).toEqual([versions[1], versions[4]]);
  expect(draw(await timeline.at(1_150))).toContain('a {"N":1}');
  expect((await timeline.diff({ from: 1_150, to: 2_000 })).map(({ kind }) => kind).sort()).toEqual([
    'added',
    'changed',
    'removed',
    'removed',
  ]);
  expect((await timeline.samples(['b'], 'Metric', span)).get('b')?.length).toBe(1);
});

test('what another process wrote since the archive was looked at is part of the past of a mirror', async () => {
  const archive = new MemoryArchive();
  const graph = new Graph({ begin: 1_000 });
  const timeline = new MergedTimeline({ graph, archive, flushed: async () => {}, nowMs: () => 9_000 });
  await timeline.refresh();
  const host = new Graph();
  const source = { host: 'h', origin: 'agent.h', time: 2_000 };
  const told = [
    host.apply([node('a'), node('b')], source),
    host.apply([{ kind: 'gone', id: 'a' }], { ...source, time: 3_000 }),
  ];
  const mirrored = (facts: Told[], wholeAt?: number) =>
    graph.mirror(facts, source, { recordedAt: 4_000, ...(wholeAt !== undefined && { wholeAt }) });
  mirrored((told[0] as Commit).events.map(toldOf));
  for (const [n, commit] of told.entries()) await archive.append({ id: `h-${n}`, ...commit, isRelayed: true });
  // The end of `a` was told to the other alone: here it is not among all that is there a second later.
  mirrored([...host.told()], 4_000);
  expect(draw(await timeline.at(3_500))).toBe('b {"N":1} r1 since 2000');
});
