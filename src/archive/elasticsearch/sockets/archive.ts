/** Sockets in Elasticsearch, as the rest of the process sees them. */
import type { Socket } from '../../../ends/socket.ts';
import { isOpenIn, type SocketQuery } from '../../../ends/socket-view.ts';
import { conversationNumber, isAtEndsOf, portNumber } from '../../../ends/tuple.ts';
import { mistake } from '../../../std/mistake.ts';
import type { SocketArchive, SocketArchiveHealth, SocketBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import { SOCKETS_MAX, type SocketKeeping, socketDefaults } from '../../socket-keeping.ts';
import { Fresh } from '../flows/fresh.ts';
import { clamp } from '../flows/pushed.ts';
import { versionOf } from '../flows/version.ts';
import type { Ground } from '../ground.ts';
import { pages } from '../pages.ts';
import { FORMAT, makeIndex } from '../templates.ts';
import { documentName, documentOf, type SocketDocument, socketMapping, socketOf } from './document.ts';
import { Opened } from './opened.ts';
import { summaryOf } from './summary.ts';
import { type Heard, Writers, writerMapping } from './writers.ts';

/** Values that the server is asked for at once; of more, all of the time is gone through. */
const VALUES_MAX = 10_000;

/** When there is too much, such a part of all time goes. */
const STEPS = 20;

/** One that was heard of so recently may only be at home elsewhere. */
const SILENCE_MS = 60_000;

export class ElasticSockets implements SocketArchive {
  readonly #ground: Ground;
  readonly #keeping: SocketKeeping;
  readonly #index: string;
  readonly #state: string;
  readonly #writers: Writers;
  readonly #opened: Opened;
  readonly #fresh: Fresh;
  #begun: Promise<void> | undefined;
  #trouble: string | undefined;
  #cancelLook: () => void = () => {};

  /** Asks nothing of the server yet. */
  constructor(ground: Ground, keeping: SocketKeeping = socketDefaults) {
    this.#ground = ground;
    this.#keeping = keeping;
    this.#index = ground.index('sockets');
    this.#state = ground.index('socketstate');
    this.#writers = new Writers(ground.elastic, this.#state);
    this.#opened = new Opened(ground.elastic, this.#index);
    this.#fresh = new Fresh(ground.elastic, this.#index);
  }

  async append(batch: SocketBatch): Promise<void> {
    try {
      await this.#append(batch);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = (error as Error).message;
      throw error;
    }
  }

  async closeLost(): Promise<void> {
    await this.#ready();
    const server = await this.#ground.ready();
    const heard = await this.#writers.all(server);
    const now = this.#ground.clock.now();
    await this.#close(heard.filter(({ time }) => Math.abs(now - time) > SILENCE_MS));
    const recent = heard.filter(({ time }) => Math.abs(now - time) <= SILENCE_MS);
    if (recent.length > 0) this.#lookAgain(recent);
  }

  async find({ time, nodes, conversations }: SocketQuery): Promise<readonly Socket[]> {
    if (!time) return [];
    await this.#ready();
    await this.#fresh.until(time.to);
    const filter: object[] = [
      { range: { openedAt: { lte: clamp(time.to) } } },
      { range: { until: { gte: clamp(time.from) } } },
    ];
    if (nodes && nodes.length <= VALUES_MAX) filter.push({ terms: { node: nodes } });
    const numbers = conversations && numbersOf(conversations);
    if (numbers && numbers.length <= VALUES_MAX) filter.push({ terms: { number: numbers } });
    const wanted = nodes && new Set(nodes);
    const found: Socket[] = [];
    const { elastic } = this.#ground;
    const search = { index: this.#index, query: { bool: { filter } }, sort: [{ openedAt: 'asc' }] };
    for await (const hits of pages<SocketDocument>(elastic, await this.#ground.ready(), search))
      for (const { _source } of hits) {
        const socket = socketOf(_source);
        if (!isOpenIn(socket, time) || (wanted && !wanted.has(socket.node))) continue;
        if (conversations && !isAtEndsOf(conversations, socket)) continue;
        if (found.push(socket) > SOCKETS_MAX) throw tooMany();
      }
    return found;
  }

  async prune(before: number): Promise<void> {
    const { range } = await this.#summary();
    if (!range) return;
    const cutoff = Math.min(before, range.to);
    if (cutoff > (await this.#writers.forgotten())) await this.#writers.forget(cutoff);
    await this.#ground.elastic.request({
      method: 'POST',
      path: `/${this.#index}/_delete_by_query`,
      // What was told meanwhile goes on.
      query: { conflicts: 'proceed', refresh: true },
      body: { query: { range: { until: { lt: cutoff } } } },
      timeoutMs: 600_000,
    });
    this.#opened.clear();
  }

  /** Forgets what is too old, or too much. By one at a time of those that share the archive. */
  async tidy(now: number): Promise<void> {
    const { range, sizeBytes } = await this.#summary();
    if (!range) return;
    const { maxAgeMs, maxBytes } = this.#keeping;
    // A clock that once ran ahead must not make everything look old forever.
    const oldest = Math.min(now, range.to) - maxAgeMs;
    const least = sizeBytes > maxBytes ? range.from + (range.to - range.from) / STEPS : Number.NEGATIVE_INFINITY;
    const cutoff = Math.max(oldest, least);
    if (cutoff > range.from) await this.prune(cutoff);
  }

  async health(): Promise<SocketArchiveHealth> {
    const notes = this.#trouble === undefined ? [] : [this.#trouble];
    try {
      return { ...(await this.#summary()), notes };
    } catch (error) {
      return { sockets: 0, sizeBytes: 0, range: undefined, notes: [...notes, (error as Error).message] };
    }
  }

  stop(): void {
    this.#cancelLook();
  }

  async #append({ id, time, sockets }: SocketBatch): Promise<void> {
    await this.#ready();
    const heard: Heard = { ...readBatchId(id), time };
    if (heard.n <= (await this.#writers.lastOf(heard.writer))) return;
    const version = String(versionOf(time, heard.n));
    // Of several words of one batch the last is what it is.
    const named = new Map(sockets.map((socket) => [documentName(socket), socket]));
    const opened = await this.#opened.of(named.keys());
    const words = Array.from(named, ([name, socket]) => {
      const openedAt = Math.min(socket.openedAt, opened.get(name) ?? socket.openedAt);
      this.#fresh.wrote(openedAt);
      const doc = JSON.stringify(documentOf({ ...socket, openedAt }, heard.writer, time));
      return { op: 'index', index: this.#index, id: name, version, doc } as const;
    });
    try {
      await this.#ground.write(words);
      await this.#ground.write([this.#writers.marker(heard)]);
    } finally {
      for (const { openedAt } of sockets) this.#fresh.wrote(Math.min(openedAt, time));
      if (sockets.length > 0) this.#fresh.wrote(Math.min(...[...opened.values(), time]));
    }
    for (const [name, { openedAt, closedAt }] of named)
      if (closedAt === undefined) this.#opened.set(name, Math.min(openedAt, opened.get(name) ?? openedAt));
    this.#writers.wrote(heard);
  }

  /** What they left open was so until they were heard of last. */
  async #close(heard: readonly Heard[]): Promise<void> {
    await this.#fresh.until(Number.POSITIVE_INFINITY);
    const { elastic } = this.#ground;
    const server = await this.#ground.ready();
    for (const { writer, n, time } of heard) {
      const filter = [{ term: { writer } }, { range: { until: { gt: Number.MAX_SAFE_INTEGER - 1 } } }];
      const search = { index: this.#index, query: { bool: { filter } } };
      // Not older than the last word of this writer, and older than the next of anyone.
      const version = String(versionOf(time, n));
      for await (const hits of pages<SocketDocument>(elastic, server, search)) {
        const words = hits.map(({ _id, _source }) => {
          const socket = socketOf(_source);
          const closed = { ...socket, closedAt: Math.max(socket.openedAt, time) };
          const doc = JSON.stringify(documentOf(closed, writer, time));
          return { op: 'index', index: this.#index, id: _id, version, doc } as const;
        });
        await this.#ground.write(words);
        for (const { _source } of hits) this.#fresh.wrote(_source.openedAt);
      }
    }
  }

  /** Those that are not heard of again within the silence are gone. */
  #lookAgain(recent: readonly Heard[]): void {
    const known = new Map(recent.map(({ writer, n }) => [writer, n]));
    this.#cancelLook();
    this.#cancelLook = this.#ground.clock.after(SILENCE_MS, () => {
      this.#closeSilent(known).catch((error: Error) => {
        this.#trouble = error.message;
        this.#lookAgain(recent);
      });
    });
  }

  async #closeSilent(known: ReadonlyMap<string, number>): Promise<void> {
    const heard = await this.#writers.all(await this.#ground.ready());
    await this.#close(heard.filter(({ writer, n }) => known.get(writer) === n));
  }

  async #summary() {
    await this.#ready();
    await this.#fresh.until(Number.POSITIVE_INFINITY);
    const heard = await this.#writers.all(await this.#ground.ready());
    return summaryOf(this.#ground.elastic, this.#index, { heard, forgotten: await this.#writers.forgotten() });
  }

  /** The indices are made when they are needed first; what failed is tried again by who asks next. */
  async #ready(): Promise<void> {
    await this.#ground.ready();
    this.#begun ??= this.#begin().catch((error) => {
      this.#begun = undefined;
      throw error;
    });
    await this.#begun;
  }

  async #begin(): Promise<void> {
    const { elastic, keeping } = this.#ground;
    const make = async (name: string, mappings: object) => {
      const settings = { number_of_shards: keeping.shards, number_of_replicas: keeping.replicas };
      const _meta = { skein: { format: FORMAT } };
      const template = { settings: { ...settings, refresh_interval: '30s' }, mappings: { ...mappings, _meta } };
      const body = { index_patterns: [name], priority: 500, version: VERSION, _meta, template };
      await elastic.request({ method: 'PUT', path: `/_index_template/${name}`, body });
      await makeIndex(elastic, name);
    };
    await make(this.#index, socketMapping);
    await make(this.#state, writerMapping);
  }
}

/** Grows with each change of mappings or settings. */
const VERSION = 1;

function numbersOf(conversations: NonNullable<SocketQuery['conversations']>): number[] {
  const numbers = conversations.flatMap((tuple) => [
    conversationNumber(tuple),
    portNumber(tuple.protocol, tuple.sourcePort),
    portNumber(tuple.protocol, tuple.destinationPort),
  ]);
  return [...new Set(numbers)];
}

function tooMany() {
  return mistake(
    'archive.answer-too-long',
    `more than ${SOCKETS_MAX.toLocaleString('en')} sockets were open then`,
    'ask for a shorter time, or for fewer namespaces',
  );
}
