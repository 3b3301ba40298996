import { GremlinEngine } from '../../../../src/query/gremlin/engine.ts';
import { explanationOf } from '../../../../src/query/gremlin/explain/explanation.ts';
import { ask } from '../asked.ts';
import { shown } from '../shown.ts';

/** The steps as they run. */
const plan = (text: string) =>
  new GremlinEngine().prepareText(text, new Map()).flatMap(({ compiled }) => explanationOf(compiled).final);

test('edges that nobody asks for are passed by', () => {
  expect(plan("g.V().outE('knows').inV()")).toEqual(['V', 'out(knows)']);
  expect(plan('g.V().inE().outV().bothE().otherV()')).toEqual(['V', 'in', 'barrier', 'both']);
  expect(plan('g.V().where(outE().otherV())')).toEqual(['V', 'where([out])']);
});

test('they stay where something is asked of them, or of the way', () => {
  for (const text of [
    "g.V().outE().as('e').inV()",
    "g.V().outE().has('weight', 1.0).inV()",
    'g.V().outE().outV()',
    'g.V().outE().inV().path()',
    'g.V().where(outE().inV()).out().simplePath()',
    'g.withoutStrategies(IncidentToAdjacentStrategy).V().outE().inV()',
  ])
    expect(plan(text).join()).toContain('outE');
});

test('it makes no difference to what comes out', async () => {
  for (const [graph, walk] of [
    ['modern', "V().outE().inV().values('name')"],
    ['modern', "V(4).bothE().otherV().values('name')"],
    ['modern', "V().inE('created').outV().values('name')"],
    ['sink', "V().hasLabel('loops').bothE().otherV().id()"],
  ] as const)
    expect(await shown(`g.${walk}`, graph)).toEqual(
      await shown(`g.withoutStrategies(IncidentToAdjacentStrategy).${walk}`, graph),
    );
  await expect(ask("g.V(1).values('name').outE().inV()")).rejects.toThrow('String cannot be cast to Vertex');
});
