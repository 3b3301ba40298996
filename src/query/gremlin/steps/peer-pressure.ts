import type { Run } from '../run.ts';
import { defineTraversalStep } from '../step.ts';
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
  const ids = nodes.map((node) => run.model.id(node));
  const texts = ids.map(String);
  /** Each has the place of the vertex whose cluster it is in. */
  let own = nodes.map((_node, place) => place);
  for (let round = 0; round < times; round++) {
    const votes = own.map((cluster) => new Map([[cluster, 1]]));
    for (const [place, to] of links.entries()) {
      if (run.budget.spend()) yield undefined;
      const cluster = own[place] as number;
      for (const other of to) {
        const heard = votes[other] as Map<number, number>;
        heard.set(cluster, (heard.get(cluster) ?? 0) + 1);
      }
    }
    const next = votes.map((heard) => mostHeard(heard, texts));
    const isSettled = next.every((cluster, place) => cluster === own[place]);
    own = next;
    if (isSettled) break;
  }
  return new Map(nodes.map(({ id }, place) => [id, ids[own[place] as number] ?? null]));
}

/** Of equals the one whose id comes first as text. */
function mostHeard(heard: ReadonlyMap<number, number>, texts: readonly string[]): number {
  let best = -1;
  let most = 0;
  for (const [cluster, votes] of heard)
    if (votes > most || (votes === most && (texts[cluster] as string) < (texts[best] as string)))
      [best, most] = [cluster, votes];
  return best;
}
