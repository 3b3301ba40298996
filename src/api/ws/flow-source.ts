/**
 * Flows as they are updated, for one client. What it does not take in time is dropped, oldest first, and it is told how
 * many: a client that follows wants to see now.
 */
import type { Flow } from '../../flow/flow.ts';
import type { FlowStats } from '../parts.ts';
import type { EventSource } from './outbox.ts';

/** Flows that wait for one client, about 1 kB each as text. */
export const FLOWS_WAITING_MAX = 20_000;
/** Flows of one message. */
const MESSAGE_FLOWS = 100;

export interface FlowSourceOptions {
  /** As the client asked: '*', 'flow', 'flow/<capture>'; none: all. */
  readonly namespaces: readonly string[];
  readonly lost: (flows: number) => void;
  readonly waitingMax?: number;
}

export class FlowSource implements EventSource {
  readonly #captures: ReadonlySet<string> | undefined;
  readonly #lost: (flows: number) => void;
  readonly #waitingMax: number;
  #waiting: Flow[] = [];
  #first = 0;
  #stats: readonly FlowStats[] | undefined;
  #dropped = 0;
  #droppedSince = 0;

  constructor({ namespaces, lost, waitingMax = FLOWS_WAITING_MAX }: FlowSourceOptions) {
    const isAll = namespaces.length === 0 || namespaces.includes('*') || namespaces.includes('flow');
    const ofCaptures = namespaces.filter((name) => name.startsWith('flow/')).map((name) => name.slice('flow/'.length));
    this.#captures = isAll ? undefined : new Set(ofCaptures);
    this.#lost = lost;
    this.#waitingMax = waitingMax;
  }

  /** Flows that the client has not been sent. */
  get behind(): number {
    return this.#waiting.length - this.#first;
  }

  push(flows: readonly Flow[], nowMs: number): void {
    for (const flow of flows) if (!this.#captures || this.#captures.has(flow.CaptureID)) this.#waiting.push(flow);
    const over = this.behind - this.#waitingMax;
    if (over <= 0) return;
    this.#first += over;
    if (this.#dropped === 0) this.#droppedSince = nowMs;
    this.#dropped += over;
    this.#lost(over);
    this.#shrink();
  }

  /** The newest replace those that were not sent. */
  pushStats(stats: readonly FlowStats[]): void {
    this.#stats = stats.filter(({ CaptureID }) => !this.#captures || this.#captures.has(CaptureID));
  }

  next(): string | undefined {
    if (this.#dropped > 0) {
      const text = message('loss', JSON.stringify({ Flows: this.#dropped, From: this.#droppedSince }));
      this.#dropped = 0;
      return text;
    }
    if (this.behind > 0) {
      const flows = this.#waiting.slice(this.#first, this.#first + MESSAGE_FLOWS);
      this.#first += flows.length;
      this.#shrink();
      return message('store', JSON.stringify(flows));
    }
    if (!this.#stats || this.#stats.length === 0) return undefined;
    const text = message('stats', JSON.stringify(this.#stats));
    this.#stats = undefined;
    return text;
  }

  #shrink(): void {
    if (this.#first < 4096 && this.behind > 0) return;
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }
}

function message(type: string, obj: string): string {
  return `{"Namespace":"flow","Type":"${type}","UUID":"","Status":200,"Obj":${obj}}`;
}
