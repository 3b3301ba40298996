import { readGraph } from '../../src/graph/text.ts';
import { QueryEngine } from '../../src/query/query.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { askNow, engine, lines, stillContext, timelineOf } from './ask.ts';

test('the same text is prepared once', () => {
  expect(engine.prepare('G.V().Count()')).toBe(engine.prepare('G.V().Count()'));
});

test('what was not asked for longest is forgotten first', () => {
  const small = new QueryEngine({ keys: () => [], cacheSize: 2 });
  const first = small.prepare('G.V()');
  small.prepare('G.E()');
  expect(small.prepare('G.V()')).toBe(first);
  small.prepare('G.V().Count()');
  expect(small.prepare('G.V()')).toBe(first);
});

test('a prepared query holds no state of a run', () => {
  const graph = readGraph('host:h1 -ownership-> device:a');
  const prepared = engine.prepare("G.V().Dedup('Type').As('x').Select('x').Limit(1)");
  const run = () => engine.run(prepared, stillContext(timelineOf(graph)));
  expect([run(), run()]).toMatchObject([{ nodes: [{ id: 'host:h1' }] }, { nodes: [{ id: 'host:h1' }] }]);
});

test('a key that nobody knows is warned of until it is known', () => {
  let keys = ['Name', 'Type'];
  const learning = new QueryEngine({ keys: () => keys });
  const codes = () => learning.prepare("G.V().Has('Naem', 'x')").warnings.map(({ hint }) => hint);
  expect(codes()).toEqual(['did you mean Name?']);
  expect(codes()).toEqual(['did you mean Name?']);
  keys = ['Name', 'Type', 'Naem'];
  expect(codes()).toEqual([]);
});

test('fields, edge keys, counters and keys within values are never unknown', () => {
  const strict = new QueryEngine({ keys: () => ['Name', 'Neighbors'] });
  const warnings = (text: string) => strict.prepare(text).warnings;
  expect(warnings("G.V().Has('@ID', 'x').OutE('RelationType', 'y')")).toEqual([]);
  expect(warnings("G.V().Values('Metric.RxBytes')")).toEqual([]);
  expect(warnings("G.V().Values('Neighbors').Has('IP', '10.0.0.1')")).toEqual([]);
  expect(warnings("G.V().Has('Neighbors.IP', '10.0.0.1')")).toEqual([]);
  // What a workflow gives has keys of its own.
  expect(warnings("G.Workflow('FlowMatrix').V().Has('ServiceType', 'server')")).toEqual([]);
});

test('warnings come with the answer', async () => {
  const strict = new QueryEngine({ keys: () => ['Name'] });
  const context = stillContext(timelineOf(readGraph('host:h1')));
  const answer = await strict.run(strict.prepare("G.V().Has('Nmae', 'h1')"), context);
  expect(answer).toMatchObject({
    kind: 'nodes',
    nodes: [],
    warnings: [{ code: 'query.unknown-key', from: 10, to: 16 }],
  });
});

test('a Mistake carries the text its positions are in', () => {
  const text = 'G.V().Nope()';
  try {
    engine.prepare(text);
    throw new Error('prepared');
  } catch (error) {
    expect(error).toBeInstanceOf(Mistake);
    expect((error as Mistake).input).toBe(text);
    expect((error as Mistake).faults).toMatchObject([{ code: 'query.unknown-step', from: 6, to: 10 }]);
  }
});

test('what Skydive refuses and we answer', () => {
  const graph = 'device:a {"N":-1}\n device:b {"N":5}';
  expect(lines(askNow(graph, "G.V().Has('N', -1)"))).toEqual(['device:a']);
  expect(lines(askNow(graph, "G.V().Has('N', Outside(0, 4))"))).toEqual(['device:a', 'device:b']);
  expect(lines(askNow(graph, "G.V().Values('N').Sum()"))).toEqual(['4']);
});

test('counting everything looks at nothing', () => {
  expect(lines(askNow('host:h1 -ownership-> device:a', 'G.V().Count()', { items: 0 }))).toEqual(['2']);
  expect(lines(askNow('host:h1 -ownership-> device:a', 'G.E().Count()', { items: 0 }))).toEqual(['1']);
});
