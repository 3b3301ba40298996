/** Who writes sockets, which batch of each is there, and until when each was heard of. */
import type { BulkItem } from '../bulk.ts';
import type { Elastic } from '../client.ts';
import { allHits } from '../pages.ts';
import type { Server } from '../server.ts';

/** Writers remembered in memory: agents, at each of their starts. */
const WRITERS_MAX = 20_000;

export interface Heard {
  readonly writer: string;
  readonly n: number;
  /** The last sign of life, epoch ms. */
  readonly time: number;
}

export const writerMapping = {
  dynamic: false,
  properties: {
    '@timestamp': { type: 'date', format: 'epoch_millis' },
    writer: { type: 'keyword', ignore_above: 1_024 },
    n: { type: 'long' },
    time: { type: 'long' },
    forgotten: { type: 'long' },
  },
} as const;

const FORGOTTEN = 'forgotten';

export class Writers {
  readonly #elastic: Elastic;
  readonly #index: string;
  readonly #last = new Map<string, number>();

  constructor(elastic: Elastic, index: string) {
    this.#elastic = elastic;
    this.#index = index;
  }

  /** The batch of this writer that is there; −1 for none. */
  async lastOf(writer: string): Promise<number> {
    const known = this.#last.get(writer);
    if (known !== undefined) return known;
    const read = await this.#read<Heard>(nameOf(writer));
    return this.#last.get(writer) ?? read?.n ?? -1;
  }

  /** To be written when all else of the batch is. */
  marker({ writer, n, time }: Heard): BulkItem {
    const doc = JSON.stringify({ '@timestamp': time, writer, n, time });
    return { op: 'index', index: this.#index, id: nameOf(writer), version: String(n), doc };
  }

  wrote({ writer, n }: Heard): void {
    this.#last.delete(writer);
    this.#last.set(writer, n);
    const [oldest] = this.#last.keys();
    if (this.#last.size > WRITERS_MAX && oldest !== undefined) this.#last.delete(oldest);
  }

  async all(server: Server): Promise<Heard[]> {
    await this.#elastic.request({ method: 'POST', path: `/${this.#index}/_refresh` });
    const query = { exists: { field: 'writer' } };
    const hits = await allHits<Heard>(this.#elastic, server, { index: this.#index, query });
    return hits.map(({ _source: { writer, n, time } }) => ({ writer, n, time }));
  }

  async forgotten(): Promise<number> {
    return (await this.#read<{ forgotten: number }>(FORGOTTEN))?.forgotten ?? Number.NEGATIVE_INFINITY;
  }

  async forget(before: number): Promise<void> {
    const path = `/${this.#index}/_doc/${FORGOTTEN}`;
    await this.#elastic.request({ method: 'PUT', path, body: { forgotten: before } });
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
