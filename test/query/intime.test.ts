/** The same query at other times: the state then, all versions of a span, what changed. */
import type { Change } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { Span, Timeline } from '../../src/graph/view.ts';
import { ask, engine, lines, NOW, stillContext, timelineOf } from './ask.ts';

/** eth0 appears 10 minutes before NOW, gets a larger MTU 5 minutes before, and is gone 1 minute before. */
function story(): Graph {
  const graph = new Graph({ indexed: ['Name', 'Type'], begin: NOW - 3_600_000 });
  const at = (minutesAgo: number, ...changes: Change[]) =>
    graph.apply(changes, { host: 'h', origin: 'o', time: NOW - minutesAgo * 60_000 });
  at(20, { kind: 'node', id: 'h1', metadata: { Type: 'host', Name: 'h1' } });
  at(
    10,
    { kind: 'node', id: 'eth0', metadata: { Type: 'device', Name: 'eth0', MTU: 1500 } },
    { kind: 'edge', parent: 'h1', child: 'eth0', metadata: { RelationType: 'ownership' } },
  );
  at(5, { kind: 'set', id: 'eth0', set: { MTU: 9000 } });
  at(1, { kind: 'gone', id: 'eth0' });
  return graph;
}

const answers = async (query: string) => lines(await ask(story(), query));

test('without a time it is the live graph', async () => {
  expect(await answers('G.V()')).toEqual(['h1']);
});

test('At shows the state at a moment, however it is written', async () => {
  expect(await answers("G.At('-7m').V().Values('MTU')")).toEqual(['1500']);
  expect(await answers("G.Context('-4m').V().Has('Name', 'eth0').Values('MTU')")).toEqual(['9000']);
  expect(await answers("G.At('-7m').V('h1').Out('Name', 'eth0')")).toEqual(['eth0']);
  expect(await answers("G.At('-15m').V()")).toEqual(['h1']);
  expect(await answers(`G.At('${new Date(NOW - 120_000).toISOString()}').V().Count()`)).toEqual(['2']);
  expect(await answers("G.At('rev:2').V().Count()")).toEqual(['2']);
  expect(await answers('G.At(NOW).V().Count()')).toEqual(['1']);
});

test('the whole graph then is G at that time', async () => {
  expect(await answers("G.At('-7m')")).toEqual(['h1', 'eth0', 'h1>ownership>eth0']);
});

test('At with a duration shows every version of that window', async () => {
  expect(await answers("G.At('-4m', '4m').V().Has('Name', 'eth0').Values('MTU')")).toEqual(['1500', '9000']);
  expect(await answers("G.At('-4m', 120).V().Has('Name', 'eth0').Values('MTU')")).toEqual(['1500', '9000']);
  expect(await answers("G.At('-2m', 60).V().Has('Name', 'eth0').Values('MTU')")).toEqual(['9000']);
  expect(await answers('G.At(NOW, FOREVER).V().Dedup().Count()')).toEqual(['2']);
});

test('a window that begins before what is kept is cut, and says so', async () => {
  const answer = await ask(story(), "G.At('-1m', '10h').V().Dedup().Count()");
  expect(answer.warnings.map(({ code }) => code)).toEqual(['query.window-cut']);
});

test('a window that ends before what is kept is asked for as it was written', async () => {
  const timeline = timelineOf(story());
  const asked: Span[] = [];
  const between = (span: Span) => {
    asked.push(span);
    return timeline.between(span);
  };
  const moved = { ...timeline, between, range: () => ({ from: NOW - 60_000, to: NOW }) };
  await ask(story(), "G.At('-5m', '2m').V()", { timeline: moved });
  await ask(story(), "G.At('-5m', FOREVER).V()", { timeline: moved });
  expect(asked).toEqual([
    { from: NOW - 7 * 60_000, to: NOW - 5 * 60_000 },
    { from: 0, to: NOW - 5 * 60_000 },
  ]);
});

test('Between does not include its end', async () => {
  const end = NOW - 5 * 60_000;
  const text = (ms: number) => `'${new Date(ms).toISOString()}'`;
  expect(await answers(`G.Between('-9m', ${text(end)}).V().Has('Name', 'eth0').Values('MTU')`)).toEqual(['1500']);
  expect(await answers(`G.Between('-9m', ${text(end + 1)}).V().Has('Name', 'eth0').Values('MTU')`)).toEqual([
    '1500',
    '9000',
  ]);
});

test('Diff tells what was added, removed and changed', async () => {
  expect(await answers("G.Diff('-15m', '-7m')")).toEqual(['added eth0', 'added h1>ownership>eth0']);
  expect(await answers("G.Diff('-7m', '-4m')")).toEqual(['changed eth0']);
  expect((await answers("G.Diff('-4m')")).sort()).toEqual(['removed eth0', 'removed h1>ownership>eth0']);
  expect(await answers("G.At('-7m').V().Has('Type', 'device').Diff('-15m', '-4m')")).toEqual(['added eth0']);
});

test('History gives the versions, at a time those until then', async () => {
  expect(await answers("G.At('-4m').V('eth0').History()")).toEqual(['eth0 1', 'eth0 2']);
  expect(await answers("G.At('-7m').V('eth0').History()")).toEqual(['eth0 1']);
  expect(await answers("G.At('-4m').V('eth0').History().Values('MTU')")).toEqual(['1500', '9000']);
  expect(await answers("G.V().Has('Name', 'none').History()")).toEqual([]);
});

test('what As named and .G come from the same time', async () => {
  const query = "G.At('-7m').V().Has('Type', 'host').As('h').G.V().Has('Type', 'device').As('d').Select('h', 'd')";
  expect(await answers(query)).toEqual(['h1', 'eth0']);
});

test('a relative time is read anew at each run', async () => {
  const graph = story();
  const prepared = engine.prepare("G.At('-1m').V().Count()");
  const counts: unknown[] = [];
  for (const nowMs of [NOW - 6 * 60_000, NOW + 60_000]) {
    const answer = await engine.run(prepared, { ...stillContext(timelineOf(graph)), nowMs });
    counts.push(answer.kind === 'value' && answer.value);
  }
  expect(counts).toEqual([2, 1]);
});

test('an archive that answers later is waited for', async () => {
  const graph = story();
  const slow: Timeline = { ...timelineOf(graph), at: async (time) => graph.at(time) };
  const answer = engine.run(engine.prepare("G.At('-7m').V().Has('Name', 'eth0').Out()"), stillContext(slow));
  expect(answer).toBeInstanceOf(Promise);
  expect((await answer).view.time).toEqual({ from: NOW - 420_000, to: NOW - 420_000 });
});

test('counters are read as the keys Skydive had, as known then', async () => {
  const graph = story();
  const count = (minutesAgo: number, total: Record<string, number>) =>
    graph.apply([{ kind: 'counters', id: 'h1', series: 'Metric', total }], {
      host: 'h',
      origin: 'o',
      time: NOW - minutesAgo * 60_000,
    });
  graph.apply([], { host: 'h', origin: 'o', time: NOW });
  count(0.9, { RxBytes: 100 });
  count(0.5, { RxBytes: 250 });
  count(0.25, { RxBytes: 300, TxBytes: 5 });
  const last = { start: NOW - 30_000, last: NOW - 15_000, counters: { RxBytes: 50, TxBytes: 5 } };
  const of = async (query: string) => lines(await ask(graph, query));
  expect(await of("G.V().Values('Metric.RxBytes')")).toEqual(['300']);
  expect(await of("G.V().Has('Metric.RxBytes', GT(200)).Count()")).toEqual(['1']);
  expect(await of("G.V().Values('LastUpdateMetric.RxBytes')")).toEqual(['50']);
  expect(await of('G.V().Metrics()')).toEqual([`h1 ${JSON.stringify([last])}`]);
  expect(await of('G.V().Metrics().Sum()')).toEqual([JSON.stringify(last)]);
  expect(await of("G.V().Metrics().Sum('RxBytes')")).toEqual(['50']);
  expect(await of("G.At('-0s', 60).V().Metrics().Sum('RxBytes')")).toEqual(['200']);
  expect(await of("G.At('-0s', 60).V().Metrics().Aggregates(10).Sum('RxBytes')")).toEqual(['200']);
  expect(await of("G.At('-0s', 60).V().Metrics().Values('RxBytes')")).toEqual(['150', '50']);
  expect(await of("G.At('-0s', 60).V().Metrics().Count()")).toEqual(['1']);
  const slices = await of("G.At('-0s', 60).V().Metrics().Aggregates(30)");
  expect(slices).toEqual([
    `Aggregated ${JSON.stringify([
      { start: NOW - 54_000, last: NOW - 30_000, counters: { RxBytes: 150 } },
      { start: NOW - 30_000, last: NOW - 15_000, counters: { RxBytes: 50, TxBytes: 5 } },
    ])}`,
  ]);
});
