/** Telling flows to those who listen: each update once, in batches, with what it added. */
import type { LookUpEnds } from './ends.ts';
import type { Flow } from './flow.ts';
import { row as r, state, updateRow } from './row.ts';
import { learnEnds } from './row-ends.ts';
import { flowOf } from './row-flow.ts';
import type { FlowNames } from './row-values.ts';
import type { FlowStore } from './store.ts';

export type UpdateListener = (flows: readonly Flow[]) => void;

/** Flows given to a listener at once. */
const BATCH = 256;

export class FlowTelling {
  readonly #store: FlowStore;
  readonly #names: FlowNames;
  readonly #lookUp: LookUpEnds | undefined;
  readonly #listeners = new Set<UpdateListener>();
  #batch: Flow[] = [];
  /** Flows told so far. */
  count = 0;

  constructor(store: FlowStore, names: FlowNames, lookUp: LookUpEnds | undefined) {
    this.#store = store;
    this.#names = names;
    this.#lookUp = lookUp;
  }

  listen(listener: UpdateListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An update of a flow that lives on; nothing when it has not changed. */
  tell(row: number): void {
    const store = this.#store;
    if (!store.isAlive(row) || !this.#isChanged(row)) return;
    this.#settle(row);
    const flow = this.#withEnds(row, flowOf(store, row, this.#names));
    if (flow.FinishType !== undefined) store.setState(row, store.state(row) | state.finishTold);
    store.applications.told(row);
    this.#add(flow);
  }

  /** The last word about a flow; nothing when an update told its end and all that it has. */
  tellEnd(row: number): void {
    const isChanged = this.#isChanged(row);
    if (!isChanged && (this.#store.state(row) & state.finishTold) !== 0) return;
    if (isChanged) this.#settle(row);
    this.#add(this.#withEnds(row, flowOf(this.#store, row, this.#names, { isOver: true, withDelta: isChanged })));
  }

  #withEnds(row: number, flow: Flow): Flow {
    const ends = this.#lookUp && learnEnds(this.#store, row, flow, this.#lookUp);
    return ends ? Object.assign(flow, ends) : flow;
  }

  flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    for (const listener of this.#listeners) listener(batch);
  }

  #add(flow: Flow): void {
    this.count++;
    this.#batch.push(flow);
    if (this.#batch.length >= BATCH) this.flush();
  }

  #isChanged(row: number): boolean {
    return (this.#store.state(row) & state.changed) !== 0;
  }

  /** What was added since the last update is now what the last update told. */
  #settle(row: number): void {
    const { rows, updates } = this.#store;
    const at = rows.get(row, r.update);
    if (at !== 0) {
      for (let counter = 0; counter < 4; counter++) {
        const total = rows.float(row, counter);
        updates.setFloat(at, updateRow.deltaF + counter, total - updates.float(at, updateRow.toldF + counter));
        updates.setFloat(at, updateRow.toldF + counter, total);
      }
      updates.setFloat(at, updateRow.deltaStartF, updates.float(at, updateRow.pendingStartF));
      updates.setFloat(at, updateRow.deltaLastF, rows.float(row, r.lastF));
    }
    this.#store.setState(row, (this.#store.state(row) & ~state.changed) | state.updated);
  }
}
