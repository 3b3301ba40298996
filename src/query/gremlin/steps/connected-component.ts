import type { GraphNode } from '../../../graph/element.ts';
import { mergeRuns } from '../../../std/merge-runs.ts';
import type { Run } from '../run/run.ts';
import { defineTraversalStep } from '../step.ts';
import type { GValue } from '../value/value.ts';
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

/** The first of all ids spreads along the edges, then the first of those that it did not come to, and so on. */
function* components({ nodes, links }: Network, run: Run): Generator<undefined, Values> {
  const texts = new Map<number, string>();
  for (const [place, node] of nodes.entries()) {
    if (run.budget.spend()) yield undefined;
    texts.set(place, String(run.model.id(node)));
  }
  const parts = new Map<string, GValue>();
  for (const first of yield* sortedPlaces(texts, run)) {
    const part = texts.get(first) as string;
    const reached = [first];
    for (let place = reached.pop(); place !== undefined; place = reached.pop()) {
      if (run.budget.spend()) yield undefined;
      const { id } = nodes[place] as GraphNode;
      if (parts.has(id)) continue;
      parts.set(id, part);
      for (const other of links[place] as readonly number[]) reached.push(other);
    }
  }
  return parts;
}

const RUN_LENGTH = 1024;

function* sortedPlaces(texts: ReadonlyMap<number, string>, { budget }: Run): Generator<undefined, readonly number[]> {
  const compare = (a: number, b: number) => ((texts.get(a) as string) < (texts.get(b) as string) ? -1 : 1);
  const runs: number[][] = [];
  const places = [...texts.keys()];
  for (let at = 0; at < places.length; at += RUN_LENGTH) {
    runs.push(places.slice(at, at + RUN_LENGTH).sort(compare));
    if (budget.look()) yield undefined;
  }
  const merging = mergeRuns(runs, compare);
  let step = merging.next();
  for (; !step.done; step = merging.next()) if (budget.look()) yield undefined;
  return step.value;
}
