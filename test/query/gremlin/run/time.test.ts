/** The past, asked by a setting of the source. */
import { GremlinEngine } from '../../../../src/query/gremlin/engine.ts';
import { Execution } from '../../../../src/query/gremlin/run/execution.ts';
import type { TraversalSource } from '../../../../src/query/gremlin/source.ts';
import { long } from '../../../../src/query/gremlin/value/num.ts';
import { DateTime } from '../../../../src/query/gremlin/value/value.ts';
import { mistake } from '../../../../src/std/mistake.ts';
import { ask } from '../asked.ts';
import { world } from '../services/network.ts';

const { graph, source } = world(
  'device:eth0 {"MTU":1500}\n 10.0.0.1:1 -TCP-> 10.0.0.2:2 @t {"Start":1000,"Last":1500}',
);
graph.apply([{ kind: 'set', id: 'device:eth0', set: { MTU: 1400 } }], {
  host: 'test',
  origin: 'text.test',
  time: 3000,
});

const mtus = (setting: string, bindings = {}) =>
  ask(`g.with(${setting}).V().values('MTU')`, source, { bindings, context: { nowMs: 5000 } });

test.each<[string, number[]]>([
  ["'at', 'now'", [1400]],
  ["'at', '-1s'", [1400]],
  ["'at', '-3s'", [1500]],
  ["'at', 2", [1500]],
  ["'at', ['now', '4s']", [1500, 1400]],
  ["'at', ['-1s', 1]", [1400]],
  ["'between', ['-3s', 'now']", [1500, 1400]],
  ["'between', '-3s'", [1500, 1400]],
  ["'between', ['-1s', 'now']", [1400]],
])('with(%s) gives %j', async (setting, expected) => {
  expect(await mtus(setting)).toEqual(expected);
});

test('a date is a moment', async () => {
  expect(await mtus("'at', once", { once: new DateTime(2, 500_000_000) })).toEqual([1500]);
});

test.each<[string, RegExp]>([
  ["'at', 'someday'", /at: this is no moment/],
  ["'at', -5", /no moment/],
  ["'at', ['-1s', '1s', '1s']", /a moment and a length of time/],
  ["'at', ['-1s', 'long']", /no length of time/],
  ["'at'", /no moment/],
  ["'between', ['now', '-1s']", /is after/],
  ["'between', []", /takes two moments/],
])('with(%s) is refused', async (setting, why) => {
  await expect(mtus(setting)).rejects.toThrow(why);
});

test('one traversal has one time', async () => {
  await expect(ask("g.with('at', '-1s').with('between', '-2s').V()", source)).rejects.toThrow(/one time/);
});

async function warned(query: string, of: TraversalSource): Promise<string[]> {
  const [prepared] = new GremlinEngine().prepareText(query, new Map());
  if (prepared === undefined) throw new Error('nothing was asked');
  const context = { nowMs: 5000, elapsed: () => 0, turn: async () => undefined, random: () => 0 };
  const execution = new Execution(prepared.compiled, of, context);
  while (!execution.isDone) await execution.pull(100);
  return execution.warnings.map(({ code }) => code);
}

test('what a window does not show, and when nobody was watching, is said', async () => {
  expect(await warned("g.with('at', '-1s').V()", source)).toEqual([]);
  const young = { ...source, timeline: { ...source.timeline, range: () => ({ from: 2000, to: 5000 }) } };
  expect(await warned("g.with('at', ['now', '1h']).V()", young)).toEqual(['query.window-cut']);
  expect(await warned("g.with('at', ['now', '1s']).V()", young)).toEqual([]);
  expect(await warned("g.with('at', ['now', 'forever']).V()", young)).toEqual([]);
  const unwatched = () => [{ from: 2000, to: 2500 }];
  const gap = { ...source, timeline: { ...source.timeline, unwatched } };
  expect(await warned("g.with('between', '-4s').V()", gap)).toEqual(['query.unwatched']);
});

test('flows may be kept longer than the graph', async () => {
  const { timeline } = source;
  const range = () => ({ from: 4000, to: 5000 });
  const refuse = () => {
    throw mistake('query.time-not-kept', 'nothing is kept of then');
  };
  const young = { ...source, timeline: { ...timeline, range, at: refuse } };
  expect(await ask("g.with('at', '-4s').call('flows').count()", young, { context: { nowMs: 5000 } })).toEqual([
    long(1),
  ]);
  await expect(ask("g.with('at', '-4s').V()", young, { context: { nowMs: 5000 } })).rejects.toThrow(/nothing is kept/);
});
