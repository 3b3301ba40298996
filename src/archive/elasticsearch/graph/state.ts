/** Who has written, up to which batch, and of which times: what is known of writers, and what was forgotten. */
import type { Span } from '../../../graph/view.ts';
import type { ArchiveBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import type { BulkItem } from '../bulk.ts';
import type { Ground } from '../ground.ts';
import { allHits } from '../pages.ts';

export interface Heard {
  /** The newest batch that is kept as a whole. */
  readonly n: number;
  /** First and last sign of life. */
  readonly first: number;
  readonly last: number;
  /** First and last moment that was told of. */
  readonly from?: number;
  readonly to?: number;
  /** What it is told it passes on for others: its silence is no gap. */
  readonly isRelayed?: boolean;
}

export class Writers {
  readonly #ground: Ground;
  readonly #index: string;
  readonly #known = new Map<string, Heard>();

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#index = ground.index('state');
  }

  /** Undefined when the batch is kept already. */
  async next(batch: ArchiveBatch): Promise<{ readonly heard: Heard; readonly item: BulkItem } | undefined> {
    const { writer, n } = readBatchId(batch.id);
    const known = this.#known.get(writer) ?? (await this.#read(writer));
    if (known && n <= known.n) return undefined;
    const [from, to] = timesOf(batch) ?? [];
    const heard: Heard = {
      ...known,
      n,
      first: Math.min(known?.first ?? batch.time, batch.time),
      last: Math.max(known?.last ?? batch.time, batch.time),
      ...(from !== undefined && {
        from: Math.min(known?.from ?? from, from),
        to: Math.max(known?.to ?? (to as number), to as number),
      }),
      isRelayed: batch.isRelayed ?? false,
    };
    // Of the batch itself it is not known yet whether all of it will be kept; again, it changes nothing.
    const doc = JSON.stringify({ what: 'writer', writer, ...heard, n: known?.n ?? -1 });
    return { heard, item: { op: 'index', index: this.#index, id: nameOf(writer), version: String(n), doc } };
  }

  kept(batch: ArchiveBatch, heard: Heard): void {
    this.#known.set(readBatchId(batch.id).writer, heard);
  }

  async all(): Promise<Heard[]> {
    return (await this.#documents('writer')).map(({ _source }) => _source);
  }

  async range(): Promise<Span | undefined> {
    const [writers, [pruned]] = await Promise.all([this.all(), this.#documents('pruned')]);
    const told = writers.filter((writer) => writer.from !== undefined);
    if (told.length === 0) return undefined;
    const from = Math.min(...told.map((writer) => writer.from as number));
    const to = Math.max(...told.map((writer) => writer.to as number));
    return {
      from: Math.min(to, Math.max(from, (pruned?._source as unknown as Pruned | undefined)?.before ?? from)),
      to,
    };
  }

  /** What ended before is forgotten, and writers that fell silent before. */
  async pruned(before: number): Promise<void> {
    const doc = JSON.stringify({ what: 'pruned', before });
    const silent = (await this.#documents('writer')).filter(({ _source }) => _source.last <= before);
    // The one heard last tells how far it all goes.
    const last = Math.max(...(await this.all()).map(({ to = 0 }) => to));
    const gone = silent.filter(({ _source }) => (_source.to ?? 0) < last);
    await this.#ground.write([
      { op: 'index', index: this.#index, id: 'pruned', version: String(Math.max(0, Math.floor(before))), doc },
      ...gone.map(({ _id }) => ({ op: 'delete' as const, index: this.#index, id: _id })),
    ]);
  }

  async #read(writer: string): Promise<Heard | undefined> {
    const answer = await this.#ground.elastic.request<{ _source?: Heard } | undefined>({
      method: 'GET',
      path: `/${this.#index}/_doc/${encodeURIComponent(nameOf(writer))}`,
      fine: [404],
    });
    return answer?._source;
  }

  async #documents(what: 'writer' | 'pruned') {
    const server = await this.#ground.ready();
    await this.#ground.fresh(this.#index);
    return allHits<Heard>(this.#ground.elastic, server, { index: this.#index, query: { term: { what } } });
  }
}

interface Pruned {
  readonly before: number;
}

function nameOf(writer: string): string {
  return `writer ${writer}`.slice(0, 400);
}

/** A batch that is passed on tells of its changes alone. */
function timesOf({ time, events, samples, isRelayed }: ArchiveBatch): [number, number] | undefined {
  let [from, to] = isRelayed ? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] : [time, time];
  const saw = (moment: number) => {
    if (moment < from) from = moment;
    if (moment > to) to = moment;
  };
  for (const { kind, element } of events)
    saw(kind === 'removed' ? (element.deletedAt ?? element.updatedAt) : element.updatedAt);
  for (const { last } of samples) saw(last);
  return from <= to ? [from, to] : undefined;
}
