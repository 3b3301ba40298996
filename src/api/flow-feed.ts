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
    const stats = await captureStats(this.#captures, this.#flows);
    for (const each of this.#listeners) each.counted(stats);
  }
}

/** The totals of all captures that run. */
export async function captureStats(captures: Pick<Captures, 'points'>, { table }: LiveFlows): Promise<FlowStats[]> {
  const byCapture = new Map<string, Mutable<FlowStats>>();
  for (const point of captures.points()) {
    const { UUID } = point.capture;
    const stats = byCapture.get(UUID) ?? { ...nothing, CaptureID: UUID };
    byCapture.set(UUID, stats);
    const { packetsReceived, packetsDropped, packetsIfDropped } = point.stats();
    stats.PacketsReceived += packetsReceived;
    stats.PacketsDropped += packetsDropped + packetsIfDropped;
  }
  for (const { capture, stage, packets } of table.loss()) {
    const stats = byCapture.get(capture);
    if (stats && stage === 'flow-table') stats.FlowDropped += packets;
    else if (stats && stage === 'kernel-table') stats.KernelFlowDropped += packets;
  }
  for (const stats of byCapture.values()) {
    const its = stats.CaptureID;
    const test = { field: 'CaptureID', equals: [its], test: (value: unknown) => value === its };
    stats.FlowCount = await table.count({ where: [{ anyOf: [test] }] });
  }
  return [...byCapture.values()];
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
