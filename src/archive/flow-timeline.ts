/**
 * Flows of now and of then as one view. Now is the live table's. The past is the archive's, after what waits is written,
 * together with what lives: a flow that both know is as the table knows it, and comes once.
 */
import { topOf } from '../flow/fields.ts';
import type { Flow, FlowMetric, RawPacket } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import type { FlowCondition, FlowQuery, FlowView, Span } from '../flow/view.ts';
import type { FlowArchive } from './archive.ts';
import { Breath } from './breath.ts';
import { FlowCursor } from './flow-cursor.ts';
import { BATCH_FLOWS, type FlowOrder, flowOrder } from './flow-query.ts';
import { conditionsThatStay } from './flow-superset.ts';
import { lossKey } from './losses.ts';

export interface FlowTimelineParts {
  readonly live: FlowView;
  readonly archive: FlowArchive | undefined;
  /** Resolves when the archive has all that was told so far; rejects while it is away. */
  readonly flushed: () => Promise<void>;
}

export class FlowTimeline implements FlowView {
  readonly #live: FlowView;
  readonly #archive: FlowArchive | undefined;
  readonly #flushed: () => Promise<void>;

  constructor({ live, archive, flushed }: FlowTimelineParts) {
    this.#live = live;
    this.#archive = archive;
    this.#flushed = flushed;
  }

  find(query: FlowQuery): Iterable<readonly Flow[]> | AsyncIterable<readonly Flow[]> {
    return query.time && this.#archive ? this.#findPast(query, this.#archive) : this.#live.find(query);
  }

  count(query: FlowQuery): number | Promise<number> {
    return query.time && this.#archive ? this.#countPast(query, this.#archive) : this.#live.count(query);
  }

  countParts(query: FlowQuery): Iterable<number> | undefined {
    return query.time && this.#archive ? undefined : this.#live.countParts?.(query);
  }

  /** Without a span what lives is newest; of a span the table has what was told last, and what was not told yet. */
  async metrics(uuids: readonly string[], span?: Span): Promise<Map<string, FlowMetric[]>> {
    const live = await this.#live.metrics(uuids, span);
    if (!this.#archive) return live;
    if (span) await this.#told();
    const missing = span ? uuids : uuids.filter((uuid) => !live.get(uuid)?.length);
    const archived = missing.length > 0 ? await this.#archive.metrics(missing, span) : NO_POINTS;
    return new Map(uuids.map((uuid) => [uuid, pointsTogether(archived.get(uuid) ?? [], live.get(uuid) ?? [])]));
  }

  async rawPackets(uuids: readonly string[], span?: Span): Promise<Map<string, RawPacket[]>> {
    const live = await this.#live.rawPackets(uuids, span);
    if (!this.#archive) return live;
    await this.#told();
    const archived = await this.#archive.rawPackets(uuids, span);
    return new Map(uuids.map((uuid) => [uuid, packetsTogether(archived.get(uuid) ?? [], live.get(uuid) ?? [])]));
  }

  /** What both know of one place and reason: the larger, for the table counts from when its capture began. */
  async loss(span?: Span): Promise<readonly Loss[]> {
    const live = await this.#live.loss(span);
    if (!span || !this.#archive) return live;
    await this.#told();
    const found = new Map<string, Loss>();
    for (const loss of [...(await this.#archive.loss(span)), ...live]) {
      const known = found.get(lossKey(loss));
      if (!known || loss.packets > known.packets) found.set(lossKey(loss), loss);
    }
    return [...found.values()].sort((a, b) => a.from - b.from);
  }

  async *#findPast(query: FlowQuery, archive: FlowArchive): AsyncGenerator<readonly Flow[]> {
    const { time, where, limit = Number.POSITIVE_INFINITY, skip = 0, fields } = query;
    // Without an order of their own the two could not be read side by side.
    const sort = query.sort ?? { field: 'Start', isDescending: false };
    const max = (more: number) => (query.limit === undefined ? {} : { limit: skip + limit + more });
    // The table first: what ends while the archive is read has been told by then.
    const seen = new Set<string>();
    const read = fields && new Set([...fields, topOf(sort.field)]);
    const live = new FlowCursor(this.#live.find({ time, where, sort, fields: read, ...max(0) }), seen);
    await live.more();
    await this.#told();
    // What is left out of what the archive finds: no more than lives, or was found living.
    const lives = { time, where: conditionsThatStay(where) };
    const known = query.limit === undefined ? 0 : (await this.#countLive(lives)) + skip + limit;
    const found = archive.find({ time, where, sort, ...max(known) });
    // Known to the table, too: they are passed over where they stand, so that nothing beyond the limit is read for them.
    const doubles = new Set<string>();
    const archived = new FlowCursor(this.#telling(found, seen, doubles));
    try {
      yield* part(together(live, archived, { order: flowOrder(sort), doubles, most: skip + limit }), { skip, limit });
    } finally {
      await live.close();
      await archived.close();
    }
  }

  async #countPast(query: FlowQuery, archive: FlowArchive): Promise<number> {
    const { limit = Number.POSITIVE_INFINITY, skip = 0, time, where } = query;
    let count = await this.#countLive({ time, where });
    await this.#told();
    count += await archive.count({ time, where });
    // What both know was counted twice, or is not what the archive takes it for.
    const living = new FlowCursor(this.#live.find({ time, where: conditionsThatStay(where), fields: NO_FIELDS }));
    for (let some = await taken(living, NAMED_AT_ONCE); some.length > 0; some = await taken(living, NAMED_AT_ONCE))
      count -= await archive.count({ time, where: [...where, oneOf(some)] });
    return Math.max(0, Math.min(limit, count - skip));
  }

  /** What the archive found; `doubles` are those of them that live or were found living: the table knows how they stand. */
  async *#telling(
    found: ReturnType<FlowView['find']>,
    seen: ReadonlySet<string>,
    doubles: Set<string>,
  ): AsyncGenerator<readonly Flow[]> {
    for await (const flows of found) {
      doubles.clear();
      for (const { UUID } of flows) if (seen.has(UUID)) doubles.add(UUID);
      const asked = { where: [oneOf(flows)], fields: NO_FIELDS };
      for await (const some of this.#live.find(asked)) for (const { UUID } of some) doubles.add(UUID);
      yield flows;
    }
  }

  async #countLive(query: FlowQuery): Promise<number> {
    const parts = this.#live.countParts?.(query);
    if (!parts) return this.#live.count(query);
    const breath = new Breath();
    let count = 0;
    for (const part of parts) {
      count += part;
      if (breath.isDue) await breath.take();
    }
    return count;
  }

  /** While the archive cannot be written to, what it has is the answer; that it is behind is in its status. */
  async #told(): Promise<void> {
    await this.#flushed().catch(() => undefined);
  }
}

/** The first of the flows of both, side by side. */
async function* together(
  a: FlowCursor,
  b: FlowCursor,
  { order, doubles, most }: { order: FlowOrder; doubles: ReadonlySet<string>; most: number },
): AsyncGenerator<readonly Flow[]> {
  let batch: Flow[] = [];
  for (let left = most; left > 0; ) {
    if (!a.first) await a.more();
    if (!b.first) await b.more();
    const next = b.first && (!a.first || order(b.first, a.first) < 0) ? b : a;
    if (!next.first) break;
    if (next === a || !doubles.has(next.first.UUID)) {
      batch.push(next.first);
      left--;
    }
    next.take();
    if (batch.length < BATCH_FLOWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function taken(from: FlowCursor, most: number): Promise<readonly Flow[]> {
  const some: Flow[] = [];
  for (; some.length < most; from.take()) {
    if (!from.first) await from.more();
    if (!from.first) break;
    some.push(from.first);
  }
  return some;
}

async function* part(
  batches: AsyncIterable<readonly Flow[]>,
  { skip, limit }: { skip: number; limit: number },
): AsyncGenerator<readonly Flow[]> {
  let toSkip = skip;
  let left = limit;
  if (left <= 0) return;
  for await (const batch of batches) {
    const some = batch.slice(toSkip, toSkip + left);
    toSkip = Math.max(0, toSkip - batch.length);
    left -= some.length;
    if (some.length > 0) yield some;
    if (left <= 0) return;
  }
}

/** What was told and is archived is left out of what lives; what was told since is longer. */
function pointsTogether(archived: readonly FlowMetric[], live: readonly FlowMetric[]): FlowMetric[] {
  const ends = new Map(archived.map(({ Start, Last }) => [Start, Last]));
  const missing = live.filter(({ Start, Last }) => (ends.get(Start) ?? Number.NEGATIVE_INFINITY) < Last);
  return [...archived, ...missing];
}

function packetsTogether(archived: readonly RawPacket[], live: readonly RawPacket[]): RawPacket[] {
  const byIndex = new Map([...archived, ...live].map((packet) => [packet.index, packet]));
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}

function oneOf(flows: readonly Flow[]): FlowCondition {
  const uuids = new Set(flows.map(({ UUID }) => UUID));
  return {
    anyOf: [{ field: 'UUID', test: (value) => typeof value === 'string' && uuids.has(value), equals: [...uuids] }],
  };
}

/** UUIDs are always there. */
const NO_FIELDS: ReadonlySet<string> = new Set();

/** Flows that an archive is asked about at once by their UUIDs. */
const NAMED_AT_ONCE = 256;

const NO_POINTS: ReadonlyMap<string, FlowMetric[]> = new Map();
