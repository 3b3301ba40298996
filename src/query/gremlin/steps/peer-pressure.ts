import type { GraphNode } from '../../../graph/element.ts';
import type { Run } from '../run/run.ts';
import { defineTraversalStep } from '../step.ts';
import type { GValue } from '../value/value.ts';
import { computing, type Values } from '../whole/computed.ts';
import { hopsBy } from '../whole/hops.ts';
import { type Network, networkOf } from '../whole/network.ts';
import { settingsOf } from '../whole/settings.ts';

export const peerPressure = defineTraversalStep({
  name: 'peerPressure',
  doc: 'Gives each vertex the cluster that most of those who lead to it are in.',
  args: '',
  count: [0, 0],
  modulators: ['with'],
  example: {
    query: "g.V().peerPressure().values('gremlin.peerPressureVertexProgram.cluster').dedup().count()",
    gives: ['2'],
  },
  build(call, builder) {
    const { mark } = builder;
    const settings = settingsOf(call, builder, ['edges', 'times', 'propertyName']);
    const times = settings.number('times', 30);
    const key = settings.text('propertyName', 'gremlin.peerPressureVertexProgram.cluster');
    const hopsFrom = hopsBy(settings.of('edges'), 'OUT', builder);
    return computing(key, mark, function* (run) {
      return yield* clusters(yield* networkOf(hopsFrom, run), times, run);
    });
  },
});

function* clusters({ nodes, links }: Network, times: number, run: Run): Generator<undefined, Values> {
  const { budget, model } = run;
  /** Those that lead to each. */
  const heardBy: number[][] = [];
  const texts: string[] = [];
  /** Each has the place of the vertex whose cluster it is in. */
  let own: number[] = [];
  for (const [place, node] of nodes.entries()) {
    if (budget.spend()) yield undefined;
    heardBy.push([]);
    texts.push(String(model.id(node)));
    own.push(place);
  }
  for (const [place, to] of links.entries()) {
    if (budget.spend()) yield undefined;
    for (const other of to) heardBy[other]?.push(place);
  }
  for (let round = 0; round < times; round++) {
    const next: number[] = [];
    let isSettled = true;
    for (const [place, others] of heardBy.entries()) {
      if (budget.spend()) yield undefined;
      const cluster = mostHeard(place, others, own, texts);
      isSettled &&= cluster === own[place];
      next.push(cluster);
    }
    own = next;
    if (isSettled) break;
  }
  const values = new Map<string, GValue>();
  for (const [place, { id }] of nodes.entries()) {
    if (budget.spend()) yield undefined;
    values.set(id, model.id(nodes[own[place] as number] as GraphNode));
  }
  return values;
}

/** What most say, with its own vote; of equals the one whose id comes first as text. */
function mostHeard(place: number, others: readonly number[], own: readonly number[], texts: readonly string[]): number {
  const heard = new Map([[own[place] as number, 1]]);
  for (const other of others) {
    const cluster = own[other] as number;
    heard.set(cluster, (heard.get(cluster) ?? 0) + 1);
  }
  let best = -1;
  let most = 0;
  for (const [cluster, votes] of heard)
    if (votes > most || (votes === most && (texts[cluster] as string) < (texts[best] as string)))
      [best, most] = [cluster, votes];
  return best;
}
