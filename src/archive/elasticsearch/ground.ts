/**
 * What all parts of the archive stand on: the way to the server, which is first gone when something is wanted, the
 * templates and first indices, made at first contact, the writer they share, and what of it has to be refreshed.
 */
import { type Clock, systemClock } from '../../std/clock.ts';
import { type BulkItem, type BulkOutcome, BulkWriter } from './bulk.ts';
import { Elastic } from './client.ts';
import { Refused } from './failure.ts';
import { type ElasticsearchArchiveOptions, type ElasticsearchKeeping, keepingDefaults } from './options.ts';
import { Slices } from './rollover.ts';
import { type Server, serverOf } from './server.ts';
import { type IndexTemplate, indexName, makeIndex, makeTemplates, REJECTED } from './templates.ts';

/** Others write too: what they wrote is looked for so often at most. */
const OTHERS_MS = 1_000;

/** What is kept is at least so many slices. */
const SLICES_MIN = 6;

/** Asking a server for the first time is tried again after so long at the earliest; until then the last answer holds. */
const FIRST_CONTACT_MS = 1_000;

export class Ground {
  readonly elastic: Elastic;
  readonly keeping: ElasticsearchKeeping;
  readonly clock: Clock;
  readonly bulk: BulkWriter;
  readonly #templates: ((server: Server) => readonly IndexTemplate[])[] = [() => [REJECTED]];
  readonly #slices: Slices[] = [];
  readonly #dirty = new Set<string>();
  readonly #refreshing = new Map<string, Promise<void>>();
  readonly #refreshedAt = new Map<string, number>();
  #begun: Promise<Server> | undefined;
  #refusedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: ElasticsearchArchiveOptions) {
    this.elastic = new Elastic(options);
    this.keeping = keepingOf(options);
    this.clock = options.clock ?? systemClock;
    this.bulk = new BulkWriter({
      elastic: this.elastic,
      rejectedIndex: this.index('rejected'),
      clock: systemClock,
      random: options.random ?? Math.random,
    });
  }

  /** Called by each part when it is made: what its indices look like on that server. */
  use(templates: (server: Server) => readonly IndexTemplate[]): void {
    this.#templates.push(templates);
  }

  /** An index of that template in slices of time, begun at first contact. Called by each part when it is made. */
  slices(name: string): Slices {
    const { prefix, maxBytes, maxAgeMs } = this.keeping;
    // Slices go as a whole: few of them would keep too much, or too little.
    const sliceBytes = Math.min(this.keeping.sliceBytes, maxBytes / SLICES_MIN);
    const sliceMs = Math.min(this.keeping.sliceMs, maxAgeMs / SLICES_MIN);
    const slices = new Slices({ elastic: this.elastic, prefix, name, sliceBytes, sliceMs });
    this.#slices.push(slices);
    return slices;
  }

  /** Of leases, and of lists that several share. */
  get sharedIndex(): string {
    return `${this.keeping.prefix}shared`;
  }

  /** Full name of an index that is not sliced. */
  index(name: string): string {
    return indexName(this.keeping.prefix, name);
  }

  /** Resolves when server and indices are there; rejects with Unavailable while not, and tries again when asked again. */
  ready(): Promise<Server> {
    if (this.#begun && performance.now() < this.#refusedUntil) return this.#begun;
    if (this.#refusedUntil !== Number.NEGATIVE_INFINITY) this.#begun = undefined;
    this.#refusedUntil = Number.NEGATIVE_INFINITY;
    this.#begun ??= this.#begin();
    this.#begun.catch(() => {
      this.#refusedUntil = performance.now() + FIRST_CONTACT_MS;
    });
    return this.#begun;
  }

  /** Writes through the shared writer, and remembers what to refresh before it is read. */
  async write(items: readonly BulkItem[]): Promise<BulkOutcome> {
    await this.ready();
    try {
      return await this.bulk.write(items);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
      // The server makes no index by itself, or somebody has removed one with its template.
      this.#begun = undefined;
      await this.ready();
      await Promise.all([...new Set(items.map(({ index }) => index))].map((index) => makeIndex(this.elastic, index)));
      return await this.bulk.write(items);
    } finally {
      for (const { index } of items) this.#dirty.add(index);
    }
  }

  /**
   * What was written here before shows in searches after, and what others who share it wrote so long before. Indices by
   * name, or by beginning with a `*` at the end.
   */
  async fresh(...patterns: readonly string[]): Promise<void> {
    for (const pattern of patterns) await this.#freshen(pattern, OTHERS_MS);
  }

  /** The same, with all that others wrote before: for who puts right what is there. */
  async upToDate(...patterns: readonly string[]): Promise<void> {
    for (const pattern of patterns) await this.#freshen(pattern, 0);
  }

  /** The same of all indices: for who takes everything with him. */
  async caughtUp(): Promise<void> {
    await this.ready();
    await this.#refresh(`${this.keeping.prefix}*`);
  }

  async #freshen(pattern: string, othersMs: number): Promise<void> {
    // Whoever asks while a refresh is under way waits for it: what was written before is in it, or in the next.
    for (let under = this.#refreshing.get(pattern); under; under = this.#refreshing.get(pattern))
      await under.catch(() => {});
    const stale = [...this.#dirty].filter((index) => fits(index, pattern));
    const now = this.clock.now();
    const age = Math.abs(now - (this.#refreshedAt.get(pattern) ?? Number.NEGATIVE_INFINITY));
    if (stale.length === 0 && age < othersMs) return;
    for (const index of stale) this.#dirty.delete(index);
    const refreshing = this.#refresh(pattern);
    this.#refreshing.set(pattern, refreshing);
    try {
      await refreshing;
      this.#refreshedAt.set(pattern, now);
    } catch (error) {
      for (const index of stale) this.#dirty.add(index);
      throw error;
    } finally {
      if (this.#refreshing.get(pattern) === refreshing) this.#refreshing.delete(pattern);
    }
  }

  /** For all that share it: which name documents go under, others have said. */
  async look(): Promise<void> {
    await this.ready();
    await Promise.all(this.#slices.map((slices) => slices.read()));
  }

  /** Slices roll over, and are dropped when they are too old or all of them too large. Gives names of what was dropped. */
  async keep(): Promise<string[]> {
    await this.look();
    const now = this.clock.now();
    for (const slices of this.#slices) await slices.roll(now);
    const dropped: string[] = [];
    for (;;) {
      const bytes = this.#slices.reduce((sum, slices) => sum + slices.bytes, 0);
      const ends = this.#slices.flatMap((slices) => {
        const end = slices.endOfOldest(now);
        return end === undefined ? [] : [{ slices, end }];
      });
      const [oldest] = ends.sort((a, b) => a.end - b.end);
      if (!oldest || (oldest.end > now - this.keeping.maxAgeMs && bytes <= this.keeping.maxBytes)) return dropped;
      dropped.push(await oldest.slices.dropOldest());
    }
  }

  /** What was refused is kept aside no longer than anything else. */
  async tidy(now: number): Promise<void> {
    await this.elastic.request({
      method: 'POST',
      path: `/${this.index('rejected')}/_delete_by_query`,
      query: { conflicts: 'proceed', ignore_unavailable: true, allow_no_indices: true },
      body: { query: { range: { time: { lt: Math.floor(now - this.keeping.maxAgeMs) } } } },
    });
  }

  /** Of all that is ours, with replicas. */
  async sizeBytes(): Promise<number> {
    const rows = await this.elastic.request<{ 'store.size'?: string | null }[] | undefined>({
      method: 'GET',
      path: `/_cat/indices/${this.keeping.prefix}*`,
      query: { format: 'json', bytes: 'b', h: 'store.size' },
      fine: [404],
    });
    return (rows ?? []).reduce((sum, row) => sum + Number(row['store.size'] ?? 0), 0);
  }

  async close(): Promise<void> {
    await this.elastic.close();
  }

  async #refresh(pattern: string): Promise<void> {
    await this.elastic.request({ method: 'POST', path: `/${pattern}/_refresh`, query: { ignore_unavailable: true } });
  }

  async #begin(): Promise<Server> {
    const server = await serverOf(this.elastic);
    const { prefix, shards, replicas } = this.keeping;
    const templates = this.#templates.flatMap((of) => of(server));
    await makeTemplates(this.elastic, { prefix, shards, replicas, templates });
    await Promise.all(this.#slices.map((slices) => slices.read()));
    return server;
  }
}

function keepingOf(options: ElasticsearchArchiveOptions): ElasticsearchKeeping {
  const given = Object.entries(options).filter(([name, value]) => name in keepingDefaults && value !== undefined);
  return { ...keepingDefaults, ...Object.fromEntries(given) };
}

function fits(index: string, pattern: string): boolean {
  return pattern.endsWith('*') ? index.startsWith(pattern.slice(0, -1)) : index === pattern;
}
