/** Flows that come in batches, looked at one by one. */
import type { Flow } from '../flow/flow.ts';
import type { FlowView } from '../flow/view.ts';
import { Breath } from './breath.ts';

export class FlowCursor {
  readonly #batches: Iterator<readonly Flow[]> | AsyncIterator<readonly Flow[]>;
  readonly #seen: Set<string> | undefined;
  readonly #breath = new Breath();
  #batch: readonly Flow[] = [];
  #at = 0;
  #isOver = false;

  /** `seen` takes the UUIDs of all that came. */
  constructor(batches: ReturnType<FlowView['find']>, seen?: Set<string>) {
    this.#batches = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    this.#seen = seen;
  }

  /** To be called when `first` is undefined: afterwards there is one, or there are no more. */
  async more(): Promise<void> {
    while (this.#at >= this.#batch.length && !this.#isOver) {
      if (this.#breath.isDue) await this.#breath.take();
      const { done, value } = await this.#batches.next();
      this.#isOver = done === true;
      this.#batch = done ? [] : value;
      this.#at = 0;
      if (this.#seen) for (const { UUID } of this.#batch) this.#seen.add(UUID);
    }
  }

  get first(): Flow | undefined {
    return this.#batch[this.#at];
  }

  take(): void {
    this.#at++;
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#batches.return?.();
  }
}
