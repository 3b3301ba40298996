/**
 * Flows of traces that someone sent, beside those that were captured: an archive of their own, since they are as old as
 * their packets say and must neither be forgotten for that nor push out what was captured. Opened when it is needed.
 */
import type { Flow, FlowMetric, RawPacket } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import type { FlowQuery, FlowView, Span } from '../flow/view.ts';
import type { Archive, FlowArchive, FlowBatch } from './archive.ts';
import { FlowTimeline } from './flow-timeline.ts';

export interface TraceFlowsParts {
  readonly open: () => Promise<Archive>;
  /** Live and archived flows. */
  readonly captured: FlowView;
  /** A flow without a packet for so long was over: what "at an instant" means. */
  readonly expireMs: number;
}

export class TraceFlows implements FlowView, AsyncDisposable {
  readonly #parts: TraceFlowsParts;
  #opening: Promise<Archive> | undefined;
  #archive: Archive | undefined;
  /** Of all traces; undefined while there is none. */
  #range: Span | undefined;

  constructor(parts: TraceFlowsParts) {
    this.#parts = parts;
  }

  /** Throws what opening an archive throws. */
  async append(batch: FlowBatch): Promise<void> {
    await (await this.open()).append(batch);
    await this.#look();
  }

  async open(): Promise<FlowArchive> {
    this.#opening ??= this.#parts.open();
    try {
      this.#archive = await this.#opening;
    } catch (error) {
      // The next try may find another world.
      this.#opening = undefined;
      throw error;
    }
    await this.#look();
    return this.#archive.flows as FlowArchive;
  }

  find(query: FlowQuery): Iterable<readonly Flow[]> | AsyncIterable<readonly Flow[]> {
    return this.#over(query.time).find(query);
  }

  count(query: FlowQuery): number | Promise<number> {
    return this.#over(query.time).count(query);
  }

  metrics(uuids: readonly string[], span?: Span): Map<string, FlowMetric[]> | Promise<Map<string, FlowMetric[]>> {
    const flows = this.#archive?.flows;
    const captured = this.#parts.captured.metrics(uuids, span);
    return flows ? both(uuids, captured, flows.metrics(uuids, span)) : captured;
  }

  rawPackets(uuids: readonly string[], span?: Span): Map<string, RawPacket[]> | Promise<Map<string, RawPacket[]>> {
    const flows = this.#archive?.flows;
    const captured = this.#parts.captured.rawPackets(uuids, span);
    return flows ? both(uuids, captured, flows.rawPackets(uuids, span)) : captured;
  }

  loss(span?: Span): readonly Loss[] | Promise<readonly Loss[]> {
    return this.#over(span).loss(span);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const archive = await this.#opening?.catch(() => undefined);
    await archive?.[Symbol.asyncDispose]();
  }

  async #look(): Promise<void> {
    this.#range = (await this.#archive?.flows?.health())?.range;
  }

  /** Traces are asked only about the times they are of. */
  #over(time: Span | undefined): FlowView {
    const { captured, expireMs } = this.#parts;
    const range = this.#range;
    const isWithin = time && range && time.from - expireMs <= range.to && time.to >= range.from;
    if (!isWithin) return captured;
    return new FlowTimeline({ live: captured, archive: this.#archive?.flows, flushed: () => Promise.resolve() });
  }
}

/** A flow is in one of them. */
async function both<T>(
  uuids: readonly string[],
  captured: Map<string, T[]> | Promise<Map<string, T[]>>,
  ofTraces: Map<string, T[]> | Promise<Map<string, T[]>>,
): Promise<Map<string, T[]>> {
  const [a, b] = await Promise.all([captured, ofTraces]);
  const found = new Map<string, T[]>();
  for (const uuid of uuids) {
    const its = a.get(uuid)?.length ? a.get(uuid) : (b.get(uuid) ?? a.get(uuid));
    if (its) found.set(uuid, its);
  }
  return found;
}
