/** Flows kept in memory, with a bound: for where nothing can be written, and the simplest to hold others against. */
import type { Flow, FlowMetric, RawPacket } from '../../flow/flow.ts';
import type { Loss } from '../../flow/loss.ts';
import type { FlowQuery, Span } from '../../flow/view.ts';
import type { FlowArchive, FlowArchiveHealth, FlowBatch } from '../archive.ts';
import { readBatchId } from '../batchid.ts';
import { type DumpPage, pagesOf } from '../dump.ts';
import { FirstFlows, flowOrder, inBatches, meets, overlaps, windowOf } from '../flow-query.ts';
import { lossesTogether } from '../losses.ts';

export interface MemoryFlowsOptions {
  /** A flow without a packet for so long was over: what "at an instant" means. */
  readonly expireMs?: number;
  /** Flows kept, about 3 kB each with their points; when there are more, the tenth that ended first goes. */
  readonly flowsMax?: number;
  /** Of one flow; when there are more, the oldest go. */
  readonly pointsMax?: number;
  readonly rawPacketBytesMax?: number;
  readonly lossesMax?: number;
}

interface Kept {
  flow: Flow;
  points: FlowMetric[];
}

export class MemoryFlows implements FlowArchive {
  readonly #options: Required<MemoryFlowsOptions>;
  readonly #flows = new Map<string, Kept>();
  readonly #writers = new Map<string, number>();
  /** In the order they came. */
  #packets: { readonly uuid: string; readonly packet: RawPacket }[] = [];
  #packetNames = new Set<string>();
  #packetBytes = 0;
  #losses: Loss[] = [];
  #range: Span | undefined;

  constructor({
    expireMs = 600_000,
    flowsMax = 50_000,
    pointsMax = 360,
    rawPacketBytesMax = 32 * 2 ** 20,
    lossesMax = 10_000,
  }: MemoryFlowsOptions = {}) {
    this.#options = { expireMs, flowsMax, pointsMax, rawPacketBytesMax, lossesMax };
  }

  async append({ id, flows, rawPackets, losses }: FlowBatch): Promise<void> {
    const { writer, n } = readBatchId(id);
    if (n <= (this.#writers.get(writer) ?? -1)) return;
    this.#writers.set(writer, n);
    for (const flow of flows) this.#write(flow);
    for (const { uuid, packet } of rawPackets) {
      const name = packetName(uuid, packet);
      if (this.#packetNames.has(name)) continue;
      this.#packetNames.add(name);
      this.#packets.push({ uuid, packet });
      this.#packetBytes += packet.data.length;
      this.#saw(packet.timestampMs, packet.timestampMs);
    }
    this.#losses.push(...losses);
    this.#makeRoom();
  }

  async *find(query: FlowQuery): AsyncGenerator<readonly Flow[]> {
    const { sort, limit = Number.POSITIVE_INFINITY, skip = 0 } = query;
    const first = new FirstFlows(flowOrder(sort), skip + limit);
    for (const flow of this.#matching(query)) first.put(flow);
    yield* inBatches(first.inOrder().slice(skip));
  }

  async count(query: FlowQuery): Promise<number> {
    const { limit = Number.POSITIVE_INFINITY, skip = 0 } = query;
    let count = 0;
    for (const _ of this.#matching(query)) count++;
    return Math.max(0, Math.min(limit, count - skip));
  }

  async metrics(uuids: readonly string[], span?: Span): Promise<Map<string, FlowMetric[]>> {
    return new Map(
      uuids.map((uuid) => {
        const points = this.#flows.get(uuid)?.points ?? [];
        const found = span ? points.filter((point) => overlaps(point, span)) : points.slice(-1);
        return [uuid, found.toSorted((a, b) => a.Start - b.Start || a.Last - b.Last)];
      }),
    );
  }

  async rawPackets(uuids: readonly string[], span?: Span): Promise<Map<string, RawPacket[]>> {
    const found = new Map<string, RawPacket[]>(uuids.map((uuid) => [uuid, []]));
    for (const { uuid, packet } of this.#packets) {
      const { timestampMs } = packet;
      if (!span || (timestampMs >= span.from && timestampMs <= span.to)) found.get(uuid)?.push(packet);
    }
    for (const packets of found.values()) packets.sort((a, b) => a.index - b.index);
    return found;
  }

  async loss(span?: Span): Promise<readonly Loss[]> {
    if (!span) return [];
    return lossesTogether(this.#losses.filter(({ from, to }) => to >= span.from && from <= span.to));
  }

  async *dumpLosses(after?: string): AsyncGenerator<DumpPage<Loss>> {
    yield* pagesOf(this.#losses, after);
  }

  async prune(before: number): Promise<void> {
    if (!this.#range) return;
    const cutoff = Math.min(before, this.#range.to);
    for (const [uuid, kept] of this.#flows) {
      if (kept.flow.Last < cutoff) this.#flows.delete(uuid);
      // The newest stays: it is part of the flow.
      else kept.points = kept.points.filter(({ Last }, i) => Last >= cutoff || i === kept.points.length - 1);
    }
    this.#packets = this.#packets.filter(({ packet }) => packet.timestampMs >= cutoff);
    this.#packetNames = new Set(this.#packets.map(({ uuid, packet }) => packetName(uuid, packet)));
    this.#packetBytes = this.#packets.reduce((sum, { packet }) => sum + packet.data.length, 0);
    this.#losses = this.#losses.filter(({ to }) => to >= cutoff);
    this.#range = { from: Math.max(this.#range.from, cutoff), to: this.#range.to };
  }

  async health(): Promise<FlowArchiveHealth> {
    let points = 0;
    for (const kept of this.#flows.values()) points += kept.points.length;
    return {
      flows: this.#flows.size,
      points,
      rawPackets: this.#packets.length,
      sizeBytes: 0,
      range: this.#range,
      ages: {},
      notes: ['flows are kept in memory only and end with this process'],
    };
  }

  #write(flow: Flow): void {
    const kept = this.#flows.get(flow.UUID);
    const points = kept?.points ?? [];
    // Told again by a writer that has another name since.
    if (kept && flow.Last <= kept.flow.Last && points.some((point) => isSame(point, flow.LastUpdateMetric))) return;
    if (flow.LastUpdateMetric) points.push(flow.LastUpdateMetric);
    if (points.length > this.#options.pointsMax) points.shift();
    // Of an update without a point the newest point stays what it was.
    const newest = points.at(-1);
    const whole = flow.LastUpdateMetric || !newest ? flow : { ...flow, LastUpdateMetric: newest };
    if (kept) kept.flow = whole;
    else this.#flows.set(flow.UUID, { flow: whole, points });
    this.#saw(flow.Start, flow.Last);
  }

  #saw(from: number, to: number): void {
    const known = this.#range;
    this.#range = known ? { from: Math.min(known.from, from), to: Math.max(known.to, to) } : { from, to };
  }

  *#matching(query: FlowQuery): Generator<Flow> {
    const window = windowOf(query, this.#options.expireMs);
    for (const { flow } of this.#flows.values()) if (overlaps(flow, window) && meets(flow, query.where)) yield flow;
  }

  #makeRoom(): void {
    const { flowsMax, rawPacketBytesMax, lossesMax } = this.#options;
    if (this.#flows.size > flowsMax) {
      const ends = Array.from(this.#flows.values(), ({ flow }) => flow.Last).sort((a, b) => a - b);
      void this.prune((ends[Math.floor(ends.length / 10)] ?? 0) + 1);
    }
    let gone = 0;
    for (let first = this.#packets[0]; first && this.#packetBytes > rawPacketBytesMax; first = this.#packets[++gone]) {
      this.#packetBytes -= first.packet.data.length;
      this.#packetNames.delete(packetName(first.uuid, first.packet));
    }
    this.#packets.splice(0, gone);
    if (this.#losses.length > lossesMax) this.#losses = lossesTogether(this.#losses).slice(-lossesMax);
  }
}

function packetName(uuid: string, { index }: RawPacket): string {
  return `${uuid} ${index}`;
}

/** A flow has one point of one time. */
function isSame(point: FlowMetric, other: FlowMetric | undefined): boolean {
  return point.Last === other?.Last && point.Start === other.Start;
}
