/** What each writer has had written, and until when all is forgotten: so that a batch that comes again changes nothing. */
import type { Clock } from '../../../std/clock.ts';
import type { BulkItem } from '../bulk.ts';
import type { Elastic } from '../client.ts';

/** Writers remembered in memory: agents, at each of their starts. */
const WRITERS_MAX = 20_000;
const FORGOTTEN = 'forgotten';

export class WrittenBatches {
  readonly #elastic: Elastic;
  readonly #index: string;
  readonly #clock: Clock;
  /** In the order they were heard of last. */
  readonly #last = new Map<string, number>();

  constructor(elastic: Elastic, index: string, clock: Clock) {
    this.#elastic = elastic;
    this.#index = index;
    this.#clock = clock;
  }

  /** The batch of this writer that is known to be written; −1 for none. */
  async lastOf(writer: string): Promise<number> {
    const known = this.#last.get(writer);
    if (known !== undefined) return known;
    const { n = -1 } = (await this.#read<{ n: number }>(nameOf(writer))) ?? {};
    const meanwhile = this.#last.get(writer) ?? n;
    this.wrote(writer, meanwhile);
    return meanwhile;
  }

  /**
   * Says durably that what this writer wrote before is there: sent with its next batch, for a batch that comes again
   * right after a crash meets its own documents.
   */
  marker(writer: string): BulkItem | undefined {
    const n = this.#last.get(writer) ?? -1;
    if (n < 0) return undefined;
    const doc = JSON.stringify({ '@timestamp': this.#clock.now(), n });
    return { op: 'index', index: this.#index, id: nameOf(writer), version: String(n), doc };
  }

  wrote(writer: string, n: number): void {
    this.#last.delete(writer);
    this.#last.set(writer, n);
    if (this.#last.size <= WRITERS_MAX) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }

  async forgotten(): Promise<number> {
    return (await this.#read<{ time: number }>(FORGOTTEN))?.time ?? Number.NEGATIVE_INFINITY;
  }

  async forget(before: number): Promise<void> {
    await this.#elastic.request({
      method: 'PUT',
      path: `/${this.#index}/_doc/${FORGOTTEN}`,
      body: { '@timestamp': this.#clock.now(), time: before },
    });
  }

  async #read<T>(id: string): Promise<T | undefined> {
    const path = `/${this.#index}/_doc/${encodeURIComponent(id)}`;
    const answer = await this.#elastic.request<{ _source?: T } | undefined>({ method: 'GET', path, fine: [404] });
    return answer?._source;
  }
}

function nameOf(writer: string): string {
  return `writer ${writer}`;
}
