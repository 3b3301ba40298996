import type { GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { type By, childBy, keyBy, NOTHING } from '../arguments/by.ts';
import { Bytecode } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import { each } from '../forms/each.ts';
import { isElement } from '../read/value.ts';
import { alone } from '../run/traverser.ts';
import { defineTraversalStep } from '../step.ts';
import { isNumber, toNumber } from '../value/num.ts';
import { type GValue, Path } from '../value/value.ts';
import { hopsBy } from '../whole/hops.ts';
import { type Setting, settingsOf } from '../whole/settings.ts';
import { type Reached, shortest } from '../whole/shortest.ts';

export const shortestPath = defineTraversalStep({
  name: 'shortestPath',
  doc: 'All shortest paths from each vertex to each other, or to those that with(ShortestPath.target, …) names.',
  args: '',
  count: [0, 0],
  modulators: ['with'],
  example: {
    query: "g.V(1).shortestPath().with(ShortestPath.target, __.has('name', 'peter')).unfold().values('name')",
    gives: ['marko', 'lop', 'peter'],
  },
  build(call, builder) {
    const { mark } = builder;
    const settings = settingsOf(call, builder, ['target', 'edges', 'distance', 'maxDistance', 'includeEdges']);
    const hopsFrom = hopsBy(settings.of('edges'), 'BOTH', builder);
    const target = settings.of('target');
    const isTarget = target && builder.child(target.value, target.from);
    const distance = distanceBy(settings.of('distance'), builder);
    const most = settings.number('maxDistance', Number.POSITIVE_INFINITY);
    const withEdges = settings.of('includeEdges')?.value ?? false;
    const fresh = alone(builder.tracking);
    return each(function* (traverser, run) {
      const { value } = traverser;
      if (!isElement(value) || value.kind !== 'node') throw mistake('gremlin.type', 'shortestPath goes from vertices');
      const weigh = function* (edge: GValue) {
        if (distance === undefined) return 1;
        const weight = yield* distance.value(fresh(edge), run);
        if (weight === NOTHING || !isNumber(weight)) throw mistake('gremlin.type', 'a distance has to be a number');
        return toNumber(weight);
      };
      for (const reached of yield* shortest(value, { hopsFrom, weigh, most }, run)) {
        if (isTarget !== undefined && !(yield* isTarget.any(fresh(reached.node), run))) continue;
        for (const way of waysTo(reached, withEdges === true)) {
          if (run.budget.spend()) yield undefined;
          yield traverser.to(
            new Path(
              way,
              way.map(() => []),
            ),
            mark,
          );
        }
      }
    });
  },
});

function distanceBy(setting: Setting | undefined, builder: Builder): By | undefined {
  if (setting === undefined) return undefined;
  const { value, from } = setting;
  if (typeof value === 'string') return keyBy(value);
  return childBy(builder.child(value instanceof Bytecode ? value : undefined, from));
}

/** Back from where it ended: every way that is as short. */
function* waysTo({ node, from }: Reached, withEdges: boolean): Generator<(GraphNode | GValue)[]> {
  if (from.length === 0) yield [node];
  for (const { edge, before } of from)
    for (const way of waysTo(before, withEdges)) yield withEdges ? [...way, edge, node] : [...way, node];
}
