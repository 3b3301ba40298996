import type { Run } from '../run.ts';
import { defineTraversalStep } from '../step.ts';
import { computing, type Values } from '../whole/computed.ts';
import { hopsBy } from '../whole/hops.ts';
import { type Network, networkOf } from '../whole/network.ts';
import { settingsOf } from '../whole/settings.ts';

export const connectedComponent = defineTraversalStep({
  name: 'connectedComponent',
  doc: 'Gives each vertex the part of the graph it is in: the first id, as text, of all that edges lead to.',
  args: '',
  count: [0, 0],
  modulators: ['with'],
  example: {
    query: "g.V(3).connectedComponent().values('gremlin.connectedComponentVertexProgram.component')",
    gives: ['1'],
  },
  build(call, builder) {
    const { mark } = builder;
    const settings = settingsOf(call, builder, ['edges', 'propertyName']);
    const key = settings.text('propertyName', 'gremlin.connectedComponentVertexProgram.component');
    const hopsFrom = hopsBy(settings.of('edges'), 'BOTH', builder);
    return computing(key, mark, function* (run) {
      return yield* components(yield* networkOf(hopsFrom, run), run);
    });
  },
});

/** The smallest text spreads along the edges until it meets a smaller one. */
function* components({ nodes, links }: Network, run: Run): Generator<undefined, Values> {
  const texts = nodes.map((node) => String(run.model.id(node)));
  const component: (string | undefined)[] = nodes.map(() => undefined);
  const order = [...texts.keys()].sort((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1));
  for (const first of order) {
    const reached = [first];
    for (let place = reached.pop(); place !== undefined; place = reached.pop()) {
      if (run.budget.spend()) yield undefined;
      if (component[place] !== undefined) continue;
      component[place] = texts[first];
      reached.push(...(links[place] as readonly number[]));
    }
  }
  return new Map(nodes.map(({ id }, place) => [id, component[place] as string]));
}
