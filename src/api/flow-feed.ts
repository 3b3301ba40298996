/** Flows as they are updated, and the totals of their captures, for as long as someone listens. */
import type { Captures } from '../capture/captures.ts';
import type { LiveFlows } from '../capture/live-flows.ts';
import type { FlowFeed, FlowListener, FlowStats } from './parts.ts';

/** How often the totals are told. */
const STATS_MS = 10_000;

export class Feed implements FlowFeed {
  readonly #captures: Captures;
  readonly #flows: LiveFlows;
  readonly #listeners = new Set<FlowListener>();
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(flows: LiveFlows, captures: Captures) {
    this.#flows = flows;
    this.#captures = captures;
  }

  subscribe(listener: FlowListener): () => void {
    this.#listeners.add(listener);
    this.#unsubscribe ??= this.#flows.table.onUpdate((flows) => {
      for (const each of this.#listeners) each.updated(flows);
    });
    this.#timer ??= setInterval(() => void this.#count(), STATS_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #count(): Promise<void> {
    const byCapture = new Map<string, Mutable<FlowStats>>();
    const of = (CaptureID: string) => {
      const known = byCapture.get(CaptureID) ?? { ...nothing, CaptureID };
      byCapture.set(CaptureID, known);
      return known;
    };
    for (const point of this.#captures.points()) {
      const stats = of(point.capture.UUID);
      const { packetsReceived, packetsDropped, packetsIfDropped } = point.stats();
      stats.PacketsReceived += packetsReceived;
      stats.PacketsDropped += packetsDropped + packetsIfDropped;
    }
    const { table } = this.#flows;
    for (const { capture, stage, packets } of table.loss()) {
      if (stage === 'flow-table') of(capture).FlowDropped += packets;
      else if (stage === 'kernel-table') of(capture).KernelFlowDropped += packets;
    }
    for (const stats of byCapture.values()) {
      const its = stats.CaptureID;
      const test = { field: 'CaptureID', equals: [its], test: (value: unknown) => value === its };
      stats.FlowCount = await table.count({ where: [{ anyOf: [test] }] });
    }
    for (const each of this.#listeners) each.counted([...byCapture.values()]);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const nothing: FlowStats = {
  CaptureID: '',
  FlowCount: 0,
  FlowDropped: 0,
  KernelFlowDropped: 0,
  PacketsDropped: 0,
  PacketsReceived: 0,
};
