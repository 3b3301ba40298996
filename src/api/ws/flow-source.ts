/**
 * Flows as they are updated, for one client. What it does not take in time is dropped, oldest first, and it is told how
 * many: a client that follows wants to see now.
 */
import type { Flow } from '../../flow/flow.ts';
import type { FlowListener, FlowStats } from '../parts.ts';
import type { FlowFilter } from './flow-filter.ts';
import type { EventSource } from './outbox.ts';

/** Flows that wait for one client, about 1 kB each as text. */
export const FLOWS_WAITING_MAX = 20_000;
/** Flows of one message. */
const MESSAGE_FLOWS = 100;

export interface FlowSourceOptions {
  /** As the client asked: '*', 'flow', 'flow/<capture>'; none: all. */
  readonly namespaces: readonly string[];
  readonly filter: FlowFilter | undefined;
  readonly nowMs: () => number;
  readonly lost: (flows: number) => void;
  readonly failed: (error: unknown) => void;
  /** There is something to send. */
  readonly wake: () => void;
  readonly waitingMax?: number;
}

export class FlowSource implements EventSource, FlowListener {
  readonly #options: FlowSourceOptions;
  readonly #captures: ReadonlySet<string> | undefined;
  #waiting: Flow[] = [];
  #first = 0;
  #stats: readonly FlowStats[] | undefined;
  #dropped = 0;
  #droppedSince = 0;
  /** Flows that are being filtered, in the order they came. */
  #filtering: Promise<void> | undefined;
  #unfiltered = 0;

  constructor(options: FlowSourceOptions) {
    const { namespaces } = options;
    const isAll = namespaces.length === 0 || namespaces.includes('*') || namespaces.includes('flow');
    const ofCaptures = namespaces.filter((name) => name.startsWith('flow/')).map((name) => name.slice('flow/'.length));
    this.#options = options;
    this.#captures = isAll ? undefined : new Set(ofCaptures);
  }

  /** Flows that the client has not been sent. */
  get behind(): number {
    return this.#waiting.length - this.#first + this.#unfiltered;
  }

  updated(flows: readonly Flow[]): void {
    const { filter, failed, waitingMax = FLOWS_WAITING_MAX } = this.#options;
    const ours = this.#captures ? flows.filter(({ CaptureID }) => this.#captures?.has(CaptureID)) : flows;
    if (ours.length === 0) return;
    if (!filter) {
      this.#push(ours);
      return;
    }
    if (this.#unfiltered + ours.length > waitingMax) {
      this.#drop(ours.length);
      return;
    }
    this.#unfiltered += ours.length;
    const before = this.#filtering ?? Promise.resolve();
    this.#filtering = before
      .then(() => filter(ours))
      .then((found) => this.#push(found))
      .catch(failed)
      .finally(() => {
        this.#unfiltered -= ours.length;
      });
  }

  /** The newest replace those that were not sent. */
  counted(stats: readonly FlowStats[]): void {
    this.#stats = stats.filter(({ CaptureID }) => !this.#captures || this.#captures.has(CaptureID));
    this.#options.wake();
  }

  next(): string | undefined {
    if (this.#dropped > 0) {
      const text = message('loss', JSON.stringify({ Flows: this.#dropped, From: this.#droppedSince }));
      this.#dropped = 0;
      return text;
    }
    const flows = this.#waiting.slice(this.#first, this.#first + MESSAGE_FLOWS);
    if (flows.length > 0) {
      this.#first += flows.length;
      this.#shrink();
      return message('store', JSON.stringify(flows));
    }
    if (!this.#stats || this.#stats.length === 0) return undefined;
    const text = message('stats', JSON.stringify(this.#stats));
    this.#stats = undefined;
    return text;
  }

  #push(flows: readonly Flow[]): void {
    for (const flow of flows) this.#waiting.push(flow);
    const { wake, waitingMax = FLOWS_WAITING_MAX } = this.#options;
    const over = this.#waiting.length - this.#first - waitingMax;
    if (over > 0) {
      this.#first += over;
      this.#drop(over);
      this.#shrink();
    }
    if (flows.length > 0) wake();
  }

  #drop(flows: number): void {
    if (this.#dropped === 0) this.#droppedSince = this.#options.nowMs();
    this.#dropped += flows;
    this.#options.lost(flows);
  }

  #shrink(): void {
    if (this.#first < 4096 && this.#first < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }
}

function message(type: string, obj: string): string {
  return `{"Namespace":"flow","Type":"${type}","UUID":"","Status":200,"Obj":${obj}}`;
}
