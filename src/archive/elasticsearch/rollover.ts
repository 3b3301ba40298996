/**
 * An index in slices of time: `<prefix><name>-<format>-<start>`. What a document is about, a moment, names its slice, so
 * that the same document always comes to the same place; whole slices are forgotten by age and by size. A slice begins
 * in the future, when all who write have heard of it.
 */
import type { Elastic } from './client.ts';
import { indexName, makeIndex } from './templates.ts';

/** So long before it begins a new slice is made; what others have made is seen as often. */
const AHEAD_MS = 120_000;
export const SLICES_READ_MS = 60_000;
const SLICES_MAX = 500;

export interface SlicesOptions {
  readonly elastic: Elastic;
  readonly prefix: string;
  /** Of the template. */
  readonly name: string;
  readonly sliceBytes: number;
  readonly sliceMs: number;
}

export interface Slice {
  readonly index: string;
  /** The first moment that is its; of the oldest, all before too. */
  readonly start: number;
  readonly madeAt: number;
  readonly bytes: number;
  readonly documents: number;
}

export class Slices {
  readonly #options: SlicesOptions;
  readonly #base: string;
  /** Oldest first. */
  #slices: readonly Slice[] = [];

  constructor(options: SlicesOptions) {
    this.#options = options;
    this.#base = indexName(options.prefix, options.name);
  }

  /** All of them, as searches name them. */
  get pattern(): string {
    return `${this.#base}-*`;
  }

  get list(): readonly Slice[] {
    return this.#slices;
  }

  /** When they were read last. */
  get bytes(): number {
    return this.#slices.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Reads which there are; makes the first. Call before the first `indexAt`. */
  async begin(): Promise<void> {
    await this.read();
    if (this.#slices.length > 0) return;
    await makeIndex(this.#options.elastic, `${this.#base}-0`);
    await this.read();
  }

  async read(): Promise<void> {
    const rows = await this.#options.elastic.request<Row[]>({
      method: 'GET',
      path: `/_cat/indices/${this.pattern}`,
      query: { format: 'json', bytes: 'b', h: 'index,store.size,docs.count,creation.date', expand_wildcards: 'open' },
      fine: [404],
    });
    const slices = (rows ?? []).flatMap((row) => {
      const start = Number(row.index.slice(this.#base.length + 1));
      return Number.isSafeInteger(start) ? [sliceOf(row, start)] : [];
    });
    this.#slices = slices.sort((a, b) => a.start - b.start);
  }

  /** Where a document about that moment belongs. */
  indexAt(time: number): string {
    const slice = this.#slices.findLast(({ start }) => start <= time) ?? this.#slices[0];
    return slice?.index ?? `${this.#base}-0`;
  }

  /** Makes a new slice when the last has grown large or old enough. */
  async roll(now: number): Promise<void> {
    const last = this.#slices.at(-1);
    if (!last || last.start > now || this.#slices.length >= SLICES_MAX) return;
    const { elastic, sliceBytes, sliceMs } = this.#options;
    // By the server's own clock too: the first one begins with time itself.
    const isOld = last.documents > 0 && now - Math.max(last.start, last.madeAt) >= sliceMs;
    if (!isOld && last.bytes < sliceBytes) return;
    await makeIndex(elastic, `${this.#base}-${Math.floor(now + AHEAD_MS)}`);
    await this.read();
  }

  /** Of the oldest slice: the first moment that is not its any more. Undefined: it is the only one that has begun. */
  endOfOldest(now: number): number | undefined {
    const next = this.#slices[1];
    return next && next.start <= now ? next.start : undefined;
  }

  /** Drops the oldest slice. Gives its name. */
  async dropOldest(): Promise<string> {
    const [oldest, ...others] = this.#slices;
    const index = oldest?.index ?? '';
    if (oldest) await this.#options.elastic.request({ method: 'DELETE', path: `/${index}`, fine: [404] });
    this.#slices = others;
    return index;
  }
}

interface Row {
  readonly index: string;
  readonly 'store.size'?: string | null;
  readonly 'docs.count'?: string | null;
  readonly 'creation.date'?: string;
}

function sliceOf(
  { index, 'store.size': bytes, 'docs.count': count, 'creation.date': madeAt }: Row,
  start: number,
): Slice {
  return { index, start, madeAt: Number(madeAt), bytes: Number(bytes ?? 0), documents: Number(count ?? 0) };
}
