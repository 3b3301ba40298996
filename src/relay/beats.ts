/**
 * Signs of life, from both sides every few seconds: a link on which nothing came for three of them is dead. Each carries
 * when the other's newest came in and when it left itself, which tells how far the clocks are apart (RFC 5905 §8).
 */
import type { Clock } from '../std/clock.ts';
import type { Beat } from './message.ts';

export interface BeatsParts {
  readonly clock: Clock;
  readonly everyMs?: number;
  readonly send: (beat: Beat) => void;
  /** Nothing was heard for so long. */
  readonly dead: (silentMs: number) => void;
}

export const BEAT_MS = 5_000;
/** Beats without a word of the other side. */
const SILENT_MAX = 3;
/** Offsets of which the middle one counts. */
const READINGS = 5;

export class Beats {
  readonly #parts: BeatsParts;
  readonly #everyMs: number;
  #silent = 0;
  #echo: Beat['echo'];
  readonly #readings: { readonly offsetMs: number; readonly roundTripMs: number }[] = [];
  #cancel: (() => void) | undefined;

  constructor(parts: BeatsParts) {
    this.#parts = parts;
    this.#everyMs = parts.everyMs ?? BEAT_MS;
  }

  /** The other's clock less this one, ms; undefined while it is not known. */
  get offsetMs(): number | undefined {
    const sorted = this.#readings.map(({ offsetMs }) => offsetMs).toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** Of the newest reading. */
  get roundTripMs(): number | undefined {
    return this.#readings.at(-1)?.roundTripMs;
  }

  start(): void {
    this.#cancel = this.#parts.clock.after(this.#everyMs, () => this.#tick());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Something came in, whatever it was. */
  heard(): void {
    this.#silent = 0;
  }

  take(beat: Beat): void {
    const now = this.#parts.clock.now();
    this.#echo = { sentAt: beat.sentAt, receivedAt: now };
    if (beat.echo) this.read({ ...beat.echo, answeredAt: beat.sentAt });
    // Else both would answer each other for ever.
    else this.say();
  }

  /** What was sent at `sentAt` came in there at `receivedAt` and was answered at `answeredAt`; the answer is here now. */
  read(its: { readonly sentAt: number; readonly receivedAt: number; readonly answeredAt: number }): void {
    const now = this.#parts.clock.now();
    const roundTripMs = now - its.sentAt - (its.answeredAt - its.receivedAt);
    // A clock was set between the two.
    if (roundTripMs < 0) return;
    this.#readings.push({
      offsetMs: (its.receivedAt - its.sentAt + (its.answeredAt - now)) / 2,
      roundTripMs,
    });
    if (this.#readings.length > READINGS) this.#readings.shift();
  }

  /** What came in at this moment is answered with the next beat. */
  answer(sentAt: number): void {
    this.#echo = { sentAt, receivedAt: this.#parts.clock.now() };
  }

  say(): void {
    this.#parts.send({ kind: 'beat', sentAt: this.#parts.clock.now(), echo: this.#echo });
  }

  #tick(): void {
    this.start();
    // Counted, not measured: a clock that is set does not cut links.
    if (this.#silent >= SILENT_MAX) this.#parts.dead(this.#silent * this.#everyMs);
    else {
      this.#silent++;
      this.say();
    }
  }
}
