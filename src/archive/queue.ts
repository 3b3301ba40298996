/**
 * What waits to be archived, in order, with a bound. When there is no more room, the oldest samples go first; of events
 * those that only changed something, so that what began and what ended stays true as long as it can.
 */
import type { Commit, GraphEvent, SampleEvent } from '../graph/change.ts';

export interface DropCounts {
  readonly events: number;
  readonly samples: number;
}

export interface QueueLimits {
  readonly batchMax: number;
  readonly eventsMax: number;
  readonly samplesMax: number;
}

export interface Taken {
  readonly events: readonly GraphEvent[];
  readonly samples: readonly SampleEvent[];
  /** Time of the newest thing in it, epoch ms; -Infinity when it is only a sign of life. */
  readonly lastTime: number;
  /** Nothing is left behind. */
  readonly isAll: boolean;
}

/** Part of the queue that is made free at once when it is full. */
const DROP_PART = 1 / 10;

export class Queue {
  readonly #limits: QueueLimits;
  #events: GraphEvent[] = [];
  #samples: SampleEvent[] = [];
  #hasSign = false;
  /** Of the batch taken last, as long as it is on its way. */
  #taken = 0;
  #since: number | undefined;
  #pushed = 0;
  #settled = 0;
  #lostEvents = 0;
  #lostSamples = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  push({ events, samples, recordedAt, time }: Commit, now: number): void {
    if (events.length + samples.length === 0) return;
    this.#since ??= now;
    this.#pushed += events.length + samples.length;
    // An end tells when it was; that it was learned later than that has no other place.
    const isLate = recordedAt > time;
    for (const event of events)
      this.#events.push(isLate && event.kind === 'removed' ? recordedLater(event, recordedAt) : event);
    for (const sample of samples) this.#samples.push(sample);
    if (this.#samples.length > this.#limits.samplesMax) this.#dropSamples();
    if (this.#events.length > this.#limits.eventsMax) this.#dropEvents();
  }

  sign(): void {
    if (!this.#hasSign) this.#pushed++;
    this.#hasSign = true;
  }

  take(): Taken | undefined {
    if (this.isEmpty) return undefined;
    const { batchMax } = this.#limits;
    const events = this.#events.splice(0, batchMax);
    const samples = this.#samples.splice(0, batchMax);
    const isAll = this.#events.length + this.#samples.length === 0;
    this.#taken = events.length + samples.length + (isAll && this.#hasSign ? 1 : 0);
    if (isAll) this.#hasSign = false;
    let lastTime = Number.NEGATIVE_INFINITY;
    for (const { element } of events) lastTime = Math.max(lastTime, element.deletedAt ?? element.updatedAt);
    for (const { last } of samples) lastTime = Math.max(lastTime, last);
    return { events, samples, lastTime, isAll };
  }

  /** What was taken has been dealt with. */
  settle(): void {
    this.#settled += this.#taken;
    this.#taken = 0;
    if (this.isEmpty) this.#since = undefined;
  }

  /** What was taken could not be kept. */
  lose(events: number, samples: number): void {
    this.#lostEvents += events;
    this.#lostSamples += samples;
  }

  /** Nothing more will be taken: what is left is lost. */
  giveUp(): void {
    this.lose(this.#events.length, this.#samples.length);
    this.#events = [];
    this.#samples = [];
  }

  /** Things pushed so far, and how many of them are dealt with. */
  get pushed(): number {
    return this.#pushed;
  }

  get settled(): number {
    return this.#settled;
  }

  get events(): number {
    return this.#events.length;
  }

  get isEmpty(): boolean {
    return this.#events.length + this.#samples.length === 0 && !this.#hasSign;
  }

  /** Enough for a full batch. */
  get hasBatch(): boolean {
    return Math.max(this.#events.length, this.#samples.length) >= this.#limits.batchMax;
  }

  get isHalfFull(): boolean {
    return this.#events.length * 2 >= this.#limits.eventsMax;
  }

  /** Since when something has waited, epoch ms. */
  get waitingSince(): number | undefined {
    return this.#since;
  }

  get lost(): DropCounts {
    return { events: this.#lostEvents, samples: this.#lostSamples };
  }

  #dropSamples(): void {
    const count = Math.ceil(this.#samples.length * DROP_PART);
    this.#samples.splice(0, count);
    this.#lostSamples += count;
    this.#settled += count;
  }

  #dropEvents(): void {
    const count = Math.ceil(this.#events.length * DROP_PART);
    let left = count;
    this.#events = this.#events.filter(({ kind }) => kind !== 'updated' || left-- <= 0);
    if (left > 0) this.#events.splice(0, left);
    this.#lostEvents += count;
    this.#settled += count;
  }
}

function recordedLater(event: GraphEvent, recordedAt: number): GraphEvent {
  return { ...event, element: { ...event.element, recordedAt } };
}
