/**
 * Packets that wait for an answer, where answers do not say which they are of: a datagram has no number, over IPv6 not
 * even in the header that an error quotes, and a flow label for each would lead packets of one conversation over several
 * ways (RFC 6438). What the times leave open is a guess, and told as one.
 */
import type { MeetBound } from '../bounds.ts';
import { WAIT_MS } from '../limits.ts';

export interface Whose {
  readonly index: number;
  /** Several may be meant. */
  readonly isGuess: boolean;
}

/** An answer that comes later than answers are waited for is of a later packet: nearly so late, as gaps vary a little. */
const LATE_SHARE = 0.9;
/** Of several that are meant so many are looked at. */
export const LOOKED_MAX = 64;

export class WaitingPackets {
  /** When each was sent, ns; oldest first. */
  readonly #sentNs = new Map<number, number>();
  #newest: readonly [index: number, sentNs: number] = [-1, 0];
  readonly #lateNs: number;
  readonly #most: number;
  readonly #met: MeetBound;
  /** What an answer took last of which it was known whose it is. */
  #usualNs: number | undefined;

  /** `most`: are kept, the newest. */
  constructor({ waitMs, most, met }: { readonly waitMs: number; readonly most: number; readonly met: MeetBound }) {
    this.#met = met;
    this.#lateNs = Math.max(waitMs, WAIT_MS) * LATE_SHARE * 1e6;
    this.#most = most;
  }

  sent(index: number, atNs: number): void {
    this.#sentNs.set(index, atNs);
    this.#newest = [index, atNs];
    if (this.#sentNs.size > this.#most) this.#sentNs.delete(this.#oldest() as number);
  }

  answered(index: number): void {
    this.#sentNs.delete(index);
  }

  /** It is known that an answer took so long. */
  took(ns: number): void {
    this.#usualNs = ns;
  }

  /** Undefined: none waits that was sent before. */
  whose(atNs: number): Whose | undefined {
    const [first, ...others] = this.#meant(atNs);
    if (first === undefined) return undefined;
    if (others.length === 0) return { index: first[0], isGuess: false };
    const usualNs = this.#usualNs;
    if (usualNs === undefined) return { index: first[0], isGuess: true };
    const off = ([, tookNs]: Meant) => Math.abs(tookNs - usualNs);
    return { index: others.reduce((best, one) => (off(one) < off(best) ? one : best), first)[0], isGuess: true };
  }

  /** Those that an answer of that time may be of, oldest first. */
  #meant(atNs: number): readonly Meant[] {
    this.#giveUp(atNs);
    const meant: Meant[] = [];
    for (const [index, sentNs] of this.#sentNs) {
      if (sentNs > atNs) break;
      if (meant.length >= LOOKED_MAX) {
        this.#met('guesses');
        break;
      }
      meant.push([index, atNs - sentNs]);
    }
    return meant;
  }

  /** Late ones, where one waits that is not. */
  #giveUp(atNs: number): void {
    const [index, sentNs] = this.#newest;
    if (!this.#sentNs.has(index) || sentNs > atNs || atNs - sentNs >= this.#lateNs) return;
    for (const [late, lateNs] of this.#sentNs) {
      if (atNs - lateNs < this.#lateNs) return;
      this.#sentNs.delete(late);
    }
  }

  #oldest(): number | undefined {
    return this.#sentNs.keys().next().value;
  }
}

type Meant = readonly [index: number, tookNs: number];
