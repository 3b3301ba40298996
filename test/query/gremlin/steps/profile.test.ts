import { Bytecode } from '../../../../src/query/gremlin/bytecode.ts';
import { compile } from '../../../../src/query/gremlin/compile/compile.ts';
import { GremlinEngine } from '../../../../src/query/gremlin/engine.ts';
import { explanationOf } from '../../../../src/query/gremlin/explain/explanation.ts';
import type { TraversalMetrics } from '../../../../src/query/gremlin/value/value.ts';
import { ask, askOne } from '../asked.ts';

test('profile tells how many came out of each step, and what part of the time it took', async () => {
  const { metrics, durationNanos } = (await askOne("g.V().has('age', gt(30)).both().profile()")) as TraversalMetrics;
  expect(metrics.map(({ name, counts }) => [name, counts.get('elementCount')])).toEqual([
    ['V', 6],
    ['has(age,gt(30))', 2],
    ['both', 4],
  ]);
  expect(durationNanos).toBe(metrics.reduce((sum, one) => sum + one.durationNanos, 0));
});

test('what is alike is counted as elements, not as traversers', async () => {
  const { metrics } = (await askOne('g.V().out().barrier().profile()')) as TraversalMetrics;
  expect([...(metrics.at(-1)?.counts ?? [])]).toEqual([
    ['traverserCount', 4],
    ['elementCount', 6],
  ]);
});

test('with a name what passes passes, and cap has the measures', async () => {
  expect(await ask("g.V().profile('x')")).toHaveLength(6);
  const { metrics } = (await askOne("g.V().out().profile('x').cap('x')")) as TraversalMetrics;
  expect(metrics.map(({ name }) => name)).toEqual(['V', 'out']);
});

test('profile is the last step, and once', async () => {
  await expect(ask('g.V().profile().count()')).rejects.toThrow(/must be the last step/);
  await expect(ask("g.V().profile('x').profile()")).rejects.toThrow(/multiple times/);
  await expect(ask('g.V().where(out().profile())')).rejects.toThrow(/child traversal/);
});

test('explain shows the steps as asked and as they run', () => {
  const [prepared] = new GremlinEngine().prepareText("g.V().out('knows').out().count()", new Map());
  const explanation = explanationOf(prepared?.compiled ?? compile(new Bytecode([], [])));
  expect(explanation.original).toEqual(['V', 'out(knows)', 'out', 'count']);
  expect(explanation.final).toEqual(['V', 'out(knows)', 'barrier', 'count(out)']);
});
