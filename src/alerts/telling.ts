/**
 * Messages on their way: each alert's in their order, one at a time, tried again with growing pauses until it is taken
 * or given up. One that was taken is never sent again; one whose answer got lost is, under the same id.
 */
import { type Backoff, backoff } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { Mistake } from '../std/mistake.ts';
import { settlesWithin } from '../std/pause.ts';
import type { AlertLimits, Delivery } from './alert.ts';

export interface TellingParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: Pick<AlertLimits, 'waiting' | 'waitingChars' | 'telling' | 'tellingOne' | 'giveUpMs'>;
  /** Asked before each try: of several servers, this one tells. */
  readonly mayTell: () => boolean;
  /** Rejects with a Mistake when trying again would not help, with anything else when it might. */
  readonly send: (delivery: Delivery, signal: AbortSignal) => Promise<void>;
  /** The list is not as it was: it is to be kept. */
  readonly changed: () => void;
  readonly ended: (delivery: Delivery, how: 'done' | 'failed', note: string | undefined) => void;
}

export interface ToldCounts {
  done: number;
  failed: number;
  retried: number;
  /** Gave way to newer ones, went with their alert, or could not be kept before another server went on. */
  dropped: number;
}

const RETRY = { firstMs: 1_000, maxMs: 5 * 60_000 };
/** What is on its way when we stop is waited for. */
const STOP_MS = 3_000;
/** Whoever tells may be known in a moment. */
const MAY_TELL_MS = 1_000;
/** For what will not be taken, such as a 404: someone may be setting it up just now. */
const REFUSED_TRIES_MAX = 4;

interface Line {
  readonly waiting: Delivery[];
  /** Where the one that was looked at last goes. */
  action: string;
  place: string;
  readonly backoff: Backoff;
  sending: Delivery | undefined;
  /** Its alert was deleted: what is on its way comes to its end, and is not tried again. */
  isForgotten: boolean;
  cancel: (() => void) | undefined;
}

export class Telling {
  readonly #parts: TellingParts;
  /** By alert, in the order in which they got something to say. */
  readonly #lines = new Map<string, Line>();
  readonly #stopping = new AbortController();
  /** Messages that are not kept yet, by what write keeps them: they are not sent before. */
  readonly #unkept = new Map<string, number>();
  readonly counts: ToldCounts = { done: 0, failed: 0, retried: 0, dropped: 0 };
  /** What is on its way, by where it goes. */
  readonly #sending = new Map<string, number>();
  #sendingAll = 0;
  #askAgain: (() => void) | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #isPaused = false;
  #isStopped = false;

  constructor(parts: TellingParts) {
    this.#parts = parts;
  }

  waiting(): Delivery[] {
    return [...this.#lines.values()].flatMap(({ waiting }) => waiting).sort((a, b) => a.Since - b.Since);
  }

  /** Not kept yet, and by no write. */
  get unkept(): number {
    return this.#unkept.size;
  }

  /** `keptBy`: the number of the write that keeps it, to be told by `kept` before it is sent. Without: it is kept. */
  add(delivery: Delivery, keptBy?: number): void {
    const { limits, random } = this.#parts;
    if (keptBy !== undefined) this.#unkept.set(delivery.ID, keptBy);
    const line = this.#lines.get(delivery.Alert) ?? {
      waiting: [],
      action: '',
      place: '',
      backoff: backoff({ ...RETRY, random }),
      sending: undefined,
      isForgotten: false,
      cancel: undefined,
    };
    this.#lines.set(delivery.Alert, line);
    line.waiting.push(delivery);
    const all = this.waiting();
    let left = all.length;
    let chars = all.reduce((sum, { Chars }) => sum + Chars, 0);
    for (const oldest of all) {
      if (left <= 1 || (left <= limits.waiting && chars <= limits.waitingChars)) break;
      // What is on its way is nearly told.
      if (this.#lines.get(oldest.Alert)?.sending === oldest) continue;
      left--;
      chars -= oldest.Chars;
      this.#drop(oldest);
    }
  }

  /** That write, and all before, have been made. */
  kept(number: number): void {
    for (const [id, keptBy] of this.#unkept) if (keptBy <= number) this.#unkept.delete(id);
    this.go();
  }

  /** Sends what can be sent. */
  go(): void {
    const { clock, limits, mayTell } = this.#parts;
    if (this.#isPaused || this.#isStopped || this.#lines.size === 0) return;
    if (!mayTell()) {
      this.#askAgain ??= clock.after(MAY_TELL_MS, () => {
        this.#askAgain = undefined;
        this.go();
      });
      return;
    }
    for (const line of this.#lines.values()) {
      if (this.#sendingAll >= limits.telling) return;
      const first = line.waiting[0];
      if (first === undefined || line.sending || line.cancel !== undefined || this.#unkept.has(first.ID)) continue;
      // Who hangs must not take the room of all others.
      if ((this.#sending.get(placeOf(line, first)) ?? 0) < limits.tellingOne) this.#begin(line, first);
    }
  }

  /** The alert is gone. What is on its way may still arrive. */
  forget(alert: string): void {
    const line = this.#lines.get(alert);
    if (line === undefined) return;
    line.cancel?.();
    line.isForgotten = true;
    this.#lines.delete(alert);
    for (const delivery of line.waiting) if (delivery !== line.sending) this.#gone(delivery);
  }

  /** Another one tells: what waits here is its to send, as far as it is kept. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) return;
    this.counts.dropped += this.#unkept.size;
    this.#unkept.clear();
    for (const line of this.#lines.values()) line.cancel?.();
    this.#lines.clear();
    this.#askAgain?.();
    this.#askAgain = undefined;
  }

  /** What is on its way may still arrive; what waits is for the next run. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#askAgain?.();
    for (const line of this.#lines.values()) line.cancel?.();
    await settlesWithin(this.#parts.clock, STOP_MS, Promise.all(this.#underWay));
    this.#stopping.abort();
  }

  #drop(delivery: Delivery): void {
    const line = this.#lines.get(delivery.Alert);
    line?.waiting.splice(line.waiting.indexOf(delivery), 1);
    this.#unkept.delete(delivery.ID);
    this.counts.dropped++;
    this.#parts.ended(delivery, 'failed', 'gave way to newer ones: too many wait');
  }

  #gone(delivery: Delivery): void {
    this.#unkept.delete(delivery.ID);
    this.counts.dropped++;
    this.#parts.ended(delivery, 'failed', 'the alert was deleted');
  }

  #begin(line: Line, delivery: Delivery): void {
    const sent = this.#send(line, delivery).finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  }

  async #send(line: Line, delivery: Delivery): Promise<void> {
    const place = placeOf(line, delivery);
    line.sending = delivery;
    this.#sendingAll++;
    this.#sending.set(place, (this.#sending.get(place) ?? 0) + 1);
    let failure: unknown;
    try {
      await this.#parts.send(delivery, this.#stopping.signal);
    } catch (error) {
      failure = error ?? new Error('no reason was given');
    } finally {
      line.sending = undefined;
      this.#sendingAll--;
      const left = (this.#sending.get(place) ?? 1) - 1;
      if (left > 0) this.#sending.set(place, left);
      else this.#sending.delete(place);
    }
    // It may have given way, or become another's, meanwhile.
    if (this.#stopping.signal.aborted) return;
    if (!this.#isPaused && line.waiting.includes(delivery)) {
      if (failure === undefined) this.#done(line, delivery);
      else if (line.isForgotten) {
        this.#gone(delivery);
        this.#parts.changed();
      } else this.#failed(line, delivery, failure);
    }
    this.go();
  }

  #done(line: Line, delivery: Delivery): void {
    line.waiting.splice(line.waiting.indexOf(delivery), 1);
    line.backoff.reset();
    this.counts.done++;
    this.#parts.ended(delivery, 'done', undefined);
    this.#parts.changed();
  }

  #failed(line: Line, delivery: Delivery, failure: unknown): void {
    const { clock, limits } = this.#parts;
    const { message } = failure as Error;
    const tried = { ...delivery, Tries: delivery.Tries + 1, Error: message };
    const isHopeless = failure instanceof Mistake && tried.Tries >= REFUSED_TRIES_MAX;
    if (isHopeless || clock.now() - delivery.Since >= limits.giveUpMs) {
      line.waiting.splice(line.waiting.indexOf(delivery), 1);
      this.counts.failed++;
      this.#parts.ended(delivery, 'failed', message);
    } else {
      line.waiting.splice(line.waiting.indexOf(delivery), 1, tried);
      this.counts.retried++;
      line.cancel = clock.after(line.backoff.next(), () => {
        line.cancel = undefined;
        this.go();
      });
    }
    this.#parts.changed();
  }
}

/** Where it goes: of an address the server, else the action itself. Asked of all lines again and again. */
function placeOf(line: Line, { Action }: Delivery): string {
  if (line.action !== Action) {
    line.action = Action;
    line.place = URL.parse(Action)?.host || Action;
  }
  return line.place;
}
