/** Live flows as a plain list: what a table looks like to others. */
import { flowOrder, inBatches, meets, overlaps, windowOf } from '../../../src/archive/flow-query.ts';
import type { Flow, FlowMetric, RawPacket } from '../../../src/flow/flow.ts';
import type { Loss } from '../../../src/flow/loss.ts';
import type { FlowQuery, FlowView, Span } from '../../../src/flow/view.ts';
import { EXPIRE_MS } from './contract.ts';

export class LiveList implements FlowView {
  readonly flows = new Map<string, Flow>();
  readonly packets = new Map<string, RawPacket[]>();
  losses: Loss[] = [];

  find(query: FlowQuery): Iterable<readonly Flow[]> {
    return inBatches(this.#found(query));
  }

  count(query: FlowQuery): number {
    return this.#found(query).length;
  }

  metrics(uuids: readonly string[], span?: Span): Map<string, FlowMetric[]> {
    return new Map(
      uuids.flatMap((uuid) => {
        const point = this.flows.get(uuid)?.LastUpdateMetric;
        return point && (!span || overlaps(point, span)) ? [[uuid, [point]] as const] : [];
      }),
    );
  }

  rawPackets(uuids: readonly string[]): Map<string, RawPacket[]> {
    return new Map(uuids.flatMap((uuid) => (this.packets.has(uuid) ? [[uuid, this.packets.get(uuid) ?? []]] : [])));
  }

  loss(): readonly Loss[] {
    return this.losses;
  }

  #found(query: FlowQuery): Flow[] {
    const { sort, skip = 0, limit } = query;
    const found = [...this.flows.values()].filter(
      (flow) => (!query.time || overlaps(flow, windowOf(query, EXPIRE_MS))) && meets(flow, query.where),
    );
    if (sort) found.sort(flowOrder(sort));
    return found.slice(skip, limit === undefined ? undefined : skip + limit);
  }
}
