import type { Run } from '../run/run.ts';
import { defineTraversalStep } from '../step.ts';
import { double, isNumber, toNumber } from '../value/num.ts';
import type { GValue } from '../value/value.ts';
import { computing, type Values } from '../whole/computed.ts';
import { hopsBy } from '../whole/hops.ts';
import { type Network, networkOf } from '../whole/network.ts';
import { settingsOf } from '../whole/settings.ts';

export const pageRank = defineTraversalStep({
  name: 'pageRank',
  doc: 'Gives each vertex its rank: how often somebody comes by who follows edges at random.',
  args: '[share of those who follow an edge]',
  count: [0, 1],
  modulators: ['with'],
  example: {
    query: "g.V().pageRank().order().by('gremlin.pageRankVertexProgram.pageRank', desc).limit(2).values('name')",
    gives: ['lop', 'ripple'],
  },
  build(call, builder) {
    const { mark } = builder;
    const settings = settingsOf(call, builder, ['edges', 'times', 'propertyName']);
    const [share = 0.85] = call.args;
    if (!isNumber(share)) builder.wrong(call, 'pageRank takes a number from 0 to 1');
    const alpha = isNumber(share) ? toNumber(share) : 0;
    const times = settings.number('times', 20);
    const key = settings.text('propertyName', 'gremlin.pageRankVertexProgram.pageRank');
    const hopsFrom = hopsBy(settings.of('edges'), 'OUT', builder);
    return computing(key, mark, function* (run) {
      return yield* ranks(yield* networkOf(hopsFrom, run), alpha, times, run);
    });
  },
});

/** Small enough to stop. (TinkerPop: PageRankVertexProgram.) */
const EPSILON = 0.00001;

function* ranks({ nodes, links }: Network, alpha: number, times: number, run: Run): Generator<undefined, Values> {
  const count = nodes.length;
  let rank = new Float64Array(count);
  let received = new Float64Array(count);
  // What those who follow no edge bring to all alike.
  let loose = 1;
  for (let round = 0; round < times; round++) {
    const next = new Float64Array(count);
    const sent = new Float64Array(count);
    let change = 0;
    let nextLoose = 0;
    for (const [place, to] of links.entries()) {
      if (run.budget.spend()) yield undefined;
      const value = (received[place] as number) + loose / count;
      next[place] = value;
      change += Math.abs(value - (rank[place] as number));
      nextLoose += (1 - alpha) * value;
      if (to.length === 0) nextLoose += alpha * value;
      for (const other of to) sent[other] = (sent[other] as number) + (alpha * value) / to.length;
    }
    [rank, received, loose] = [next, sent, nextLoose];
    if (change < EPSILON) break;
  }
  const values = new Map<string, GValue>();
  for (const [place, { id }] of nodes.entries()) {
    if (run.budget.spend()) yield undefined;
    values.set(id, double(rank[place] as number));
  }
  return values;
}
