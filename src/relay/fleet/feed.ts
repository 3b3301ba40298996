/** Flows of all agents as they are told, for those who look on. */
import type { Flow } from '../../flow/flow.ts';

export interface FleetFeedListener {
  updated(flows: readonly Flow[]): void;
}

export class FleetFeed {
  readonly #listeners = new Set<FleetFeedListener>();

  /** The result ends it. */
  subscribe(listener: FleetFeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  told(flows: readonly Flow[]): void {
    if (flows.length > 0) for (const each of this.#listeners) each.updated(flows);
  }
}
