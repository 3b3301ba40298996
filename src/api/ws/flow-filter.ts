/** A standing question about flows: each batch of updates is asked as if it were all flows there are. */
import { flowOrder, inBatches, meets } from '../../archive/flow-query.ts';
import type { Flow } from '../../flow/flow.ts';
import type { FlowQuery, FlowView } from '../../flow/view.ts';
import { mistake } from '../../std/mistake.ts';
import type { Queries } from '../queries.ts';

export type FlowFilter = (flows: readonly Flow[]) => Promise<readonly Flow[]>;

/** Throws a Mistake when the text is wrong, or no question about flows of now. */
export function flowFilter(text: string, queries: Queries): FlowFilter {
  const prepared = queries.prepare(text);
  if (prepared.plan.gives !== 'flows')
    throw mistake(
      'filter.no-flows',
      `Gremlin query '${text}' did not return flows`,
      "as G.Flows().Has('Application', 'DNS')",
    );
  if (/^(at|context|between)\b/i.test(prepared.plan.stages[0]?.text ?? ''))
    throw mistake('filter.not-now', 'flows that come are those of now', 'leave the time out');
  return async (flows) => {
    const answer = await queries.run(prepared, { flows: new OnlyThese(flows) });
    return answer.kind === 'flows' ? answer.flows : [];
  };
}

class OnlyThese implements FlowView {
  readonly #flows: readonly Flow[];

  constructor(flows: readonly Flow[]) {
    this.#flows = flows;
  }

  find(query: FlowQuery): Iterable<readonly Flow[]> {
    return inBatches(this.#found(query));
  }

  count(query: FlowQuery): number {
    return this.#found(query).length;
  }

  metrics(uuids: readonly string[]) {
    const wanted = new Set(uuids);
    const found = this.#flows.filter(({ UUID }) => wanted.has(UUID));
    return new Map(found.map(({ UUID, LastUpdateMetric, Metric }) => [UUID, [LastUpdateMetric ?? Metric]]));
  }

  rawPackets() {
    return new Map();
  }

  loss() {
    return [];
  }

  #found({ where, sort, skip = 0, limit = Number.POSITIVE_INFINITY }: FlowQuery): Flow[] {
    const found = this.#flows.filter((flow) => meets(flow, where)).sort(flowOrder(sort));
    return found.slice(skip, skip + limit);
  }
}
