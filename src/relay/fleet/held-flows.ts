/** Flows that agents have told and the archive does not have yet: the newest word about each, until it is kept. */
import { flowOrder, inBatches, meets, overlaps } from '../../archive/flow-query.ts';
import type { Flow } from '../../flow/flow.ts';
import type { FlowQuery } from '../../flow/view.ts';

export class HeldFlows {
  readonly #byUuid = new Map<string, { readonly flow: Flow; readonly batch: object }>();

  /** What it gives is called once they are kept. */
  told(flows: readonly Flow[]): () => void {
    const batch = {};
    for (const flow of flows) this.#byUuid.set(flow.UUID, { flow, batch });
    return () => {
      for (const { UUID } of flows) if (this.#byUuid.get(UUID)?.batch === batch) this.#byUuid.delete(UUID);
    };
  }

  get size(): number {
    return this.#byUuid.size;
  }

  /** In the order that is asked for, and all of them: whoever asks passes over what he skips. */
  find({ time, where, sort }: FlowQuery): Generator<readonly Flow[]> {
    const found = [...this.#byUuid.values()].flatMap(({ flow }) =>
      (!time || overlaps(flow, time)) && meets(flow, where) ? [flow] : [],
    );
    return inBatches(sort ? found.sort(flowOrder(sort)) : found);
  }
}
