/** What was written is found only after a refresh: before a question, what is needed of it is made so, once for all who ask. */
import type { Elastic } from '../client.ts';

export class Fresh {
  readonly #elastic: Elastic;
  readonly #index: string;
  /** The first moment that something written and not yet found is about. */
  #since = Number.POSITIVE_INFINITY;
  #refreshing: Promise<void> | undefined;

  constructor(elastic: Elastic, index: string) {
    this.#elastic = elastic;
    this.#index = index;
  }

  wrote(from: number): void {
    this.#since = Math.min(this.#since, from);
  }

  /** Everything about times until `to` that was written before this call is found when it resolves. */
  async until(to: number): Promise<void> {
    // What is on its way may have begun before the last of it was written.
    await this.#refreshing;
    if (this.#since > to) return;
    this.#refreshing ??= this.#refresh();
    await this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const since = this.#since;
    this.#since = Number.POSITIVE_INFINITY;
    try {
      const query = { ignore_unavailable: true, allow_no_indices: true };
      await this.#elastic.request({ method: 'POST', path: `/${this.#index}/_refresh`, query });
    } catch (error) {
      this.wrote(since);
      throw error;
    } finally {
      this.#refreshing = undefined;
    }
  }
}
