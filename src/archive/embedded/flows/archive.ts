/** Flows in the embedded archive, as the rest of the process sees them: packs what goes in, unpacks what comes out. */
import type { Flow, FlowMetric, RawPacket } from '../../../flow/flow.ts';
import type { Loss } from '../../../flow/loss.ts';
import type { FlowQuery, Span } from '../../../flow/view.ts';
import { mistake } from '../../../std/mistake.ts';
import type { FlowArchive, FlowArchiveHealth, FlowBatch } from '../../archive.ts';
import { type DumpPage, PAGE_ITEMS } from '../../dump.ts';
import { agesByName, type FlowKeeping } from '../../flow-keeping.ts';
import { BATCH_FLOWS, FirstFlows, flowOrder, inBatches, meets, windowOf } from '../../flow-query.ts';
import { lossesTogether } from '../../losses.ts';
import type { ThreadCalls } from '../calls.ts';
import type { FlowAnswer, FlowOrder, FlowOrdering, Pushed } from './ask.ts';
import { memoryOf, packBatch, unpackPackets } from './batch.ts';
import { ByteReader } from './bytes.ts';
import { pushable } from './pushed.ts';
import { readMetric } from './record.ts';
import { unpackFlows } from './rows.ts';

/** Flows that are sorted in memory when they are asked for in an order that no index has, about 2 kB each. */
const SORTED_MAX = 100_000;

/** Flows whose place is remembered after they were found, so that their points and packets need not be searched for. */
const STARTS_MAX = 50_000;

/** Flows whose points, and whose packets, are read at once. */
const METRIC_UUIDS = 500;
const PACKET_UUIDS = 100;

export class EmbeddedFlows implements FlowArchive {
  readonly #thread: ThreadCalls;
  readonly #keeping: FlowKeeping;
  readonly #starts = new Map<string, number>();
  #searches = 0;
  /** Why the last append failed; undefined when it went well. */
  #trouble: string | undefined;

  constructor(thread: ThreadCalls, keeping: FlowKeeping) {
    this.#thread = thread;
    this.#keeping = keeping;
  }

  async append(batch: FlowBatch): Promise<void> {
    try {
      await this.#thread.askFlows(() => {
        const packed = packBatch(batch);
        return { order: { kind: 'append', batch: packed }, memory: memoryOf(packed) };
      });
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = (error as Error).message;
      throw error;
    }
  }

  async *find(query: FlowQuery): AsyncGenerator<readonly Flow[]> {
    const { sort, limit = Number.POSITIVE_INFINITY, skip = 0 } = query;
    const time = windowOf(query, this.#keeping.expireMs);
    const { pushed, rest } = pushable(query.where);
    const ordering = orderingOf(sort);
    if (!ordering) {
      yield* inBatches((await this.#sorted(time, query)).slice(skip));
      return;
    }
    const countMax = rest.length > 0 ? Number.POSITIVE_INFINITY : skip + limit;
    let toSkip = skip;
    let left = limit;
    for await (const page of this.#pages(time, pushed, ordering, countMax)) {
      const found = rest.length > 0 ? page.filter((flow) => meets(flow, rest)) : page;
      const taken = found.slice(toSkip, toSkip + left);
      toSkip = Math.max(0, toSkip - found.length);
      left -= taken.length;
      if (taken.length > 0) yield taken;
      if (left <= 0) return;
    }
  }

  async count(query: FlowQuery): Promise<number> {
    const { limit = Number.POSITIVE_INFINITY, skip = 0 } = query;
    const time = windowOf(query, this.#keeping.expireMs);
    const { pushed, rest } = pushable(query.where);
    let count = 0;
    if (rest.length === 0) count = (await this.#ask({ kind: 'count', time, where: pushed })).count ?? 0;
    else
      for await (const page of this.#pages(time, pushed, BY_START))
        for (const flow of page) if (meets(flow, rest)) count++;
    return Math.max(0, Math.min(limit, count - skip));
  }

  async metrics(uuids: readonly string[], span?: Span): Promise<Map<string, FlowMetric[]>> {
    const found = new Map<string, FlowMetric[]>();
    for (let at = 0; at < uuids.length; at += METRIC_UUIDS) {
      const some = uuids.slice(at, at + METRIC_UUIDS);
      const names = some.map((uuid) => ({ uuid, start: this.#starts.get(uuid) }));
      const { metrics } = await this.#ask({ kind: 'metrics', names, span });
      if (!metrics) continue;
      const from = new ByteReader(metrics);
      for (const uuid of some)
        found.set(
          uuid,
          Array.from({ length: from.number() }, () => readMetric(from, 0)),
        );
    }
    return found;
  }

  async rawPackets(uuids: readonly string[], span?: Span): Promise<Map<string, RawPacket[]>> {
    const found = new Map<string, RawPacket[]>(uuids.map((uuid) => [uuid, []]));
    for (let at = 0; at < uuids.length; at += PACKET_UUIDS) {
      const some = uuids.slice(at, at + PACKET_UUIDS);
      const { packets } = await this.#ask({ kind: 'packets', uuids: some, span });
      for (const { uuid, packet } of packets ? unpackPackets(packets) : []) found.get(uuid)?.push(packet);
    }
    return found;
  }

  /** Without a span nothing: what is being lost now is told by who loses it. */
  async loss(span?: Span): Promise<readonly Loss[]> {
    if (!span) return [];
    const { losses = [] } = await this.#ask({ kind: 'losses', span });
    return lossesTogether(losses.map((words) => JSON.parse(words) as Loss));
  }

  async *dumpLosses(after?: string): AsyncGenerator<DumpPage<Loss>> {
    for (let row = Number(after ?? 0); ; ) {
      const { losses = [], lastRow = row } = await this.#ask({ kind: 'dumpLosses', after: row, rowsMax: PAGE_ITEMS });
      if (losses.length === 0) return;
      row = lastRow;
      yield { items: losses.map((words) => JSON.parse(words) as Loss), next: String(row) };
    }
  }

  async prune(before: number): Promise<void> {
    await this.#ask({ kind: 'prune', before });
  }

  async health(): Promise<FlowArchiveHealth> {
    const { ages } = this.#keeping;
    let summary: FlowAnswer['summary'];
    let trouble = this.#trouble;
    try {
      summary = (await this.#ask({ kind: 'summary' })).summary;
    } catch (error) {
      trouble ??= (error as Error).message;
    }
    return {
      flows: summary?.flows ?? 0,
      points: summary?.points ?? 0,
      rawPackets: summary?.rawPackets ?? 0,
      sizeBytes: summary?.sizeBytes ?? 0,
      range: summary?.range,
      ages: agesByName(ages),
      notes: [...(summary?.notes ?? []), ...(trouble === undefined ? [] : [trouble])],
    };
  }

  /** In an order that no index has: all that there is, as far as it fits. */
  async #sorted(time: Span, { where, sort, limit = Number.POSITIVE_INFINITY, skip = 0 }: FlowQuery): Promise<Flow[]> {
    const { pushed, rest } = pushable(where);
    const first = new FirstFlows(flowOrder(sort), skip + limit);
    for await (const page of this.#pages(time, pushed, BY_START))
      for (const flow of page) {
        if (meets(flow, rest)) first.put(flow);
        if (first.size > SORTED_MAX)
          throw mistake(
            'archive.answer-too-long',
            `more than ${SORTED_MAX.toLocaleString('en')} flows would have to be sorted by ${sort?.field}`,
            'ask for a shorter time, for fewer with Limit, or sort by Start or Last',
          );
      }
    return first.inOrder();
  }

  async *#pages(
    time: Span,
    where: readonly Pushed[],
    order: FlowOrdering,
    countMax = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<Flow[]> {
    const search = ++this.#searches;
    let left = countMax;
    let after: FlowAnswer['next'];
    while (left > 0) {
      const rowsMax = Math.min(left, BATCH_FLOWS);
      const { flows, next } = await this.#ask({ kind: 'find', ask: { time, where, order, search, after, rowsMax } });
      const page = flows ? unpackFlows(flows) : [];
      this.#remember(page);
      left -= rowsMax;
      if (page.length > 0) yield page;
      if (!next) return;
      after = next;
    }
  }

  #remember(flows: readonly Flow[]): void {
    if (this.#starts.size > STARTS_MAX) this.#starts.clear();
    for (const { UUID, Start } of flows) this.#starts.set(UUID, Start);
  }

  #ask(order: FlowOrder): Promise<FlowAnswer> {
    return this.#thread.askFlows(() => ({ order }));
  }
}

const BY_START: FlowOrdering = { by: 'start', isDescending: false };

/** One that an index has; undefined for others. */
function orderingOf(sort: FlowQuery['sort']): FlowOrdering | undefined {
  if (!sort) return BY_START;
  if (sort.field === 'Start') return { by: 'start', isDescending: sort.isDescending };
  if (sort.field === 'Last') return { by: 'last', isDescending: sort.isDescending };
  return undefined;
}
