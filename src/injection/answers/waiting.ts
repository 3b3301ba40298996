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

/** Nobody, in a list of places. */
const NONE = -1;

export class WaitingPackets {
  // A list of those that wait, oldest first, in places that are used over again: one that is answered leaves it at once.
  readonly #index: Int32Array;
  readonly #sentNs: Float64Array;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  #oldest = NONE;
  #newest = NONE;
  readonly #lateNs: number;
  readonly #met: MeetBound;
  /** What an answer took last of which it was known whose it is. */
  #usualNs: number | undefined;

  /** `most`: are kept, the newest. */
  constructor({ waitMs, most, met }: { readonly waitMs: number; readonly most: number; readonly met: MeetBound }) {
    this.#met = met;
    this.#lateNs = Math.max(waitMs, WAIT_MS) * LATE_SHARE * 1e6;
    this.#index = new Int32Array(most).fill(NONE);
    this.#sentNs = new Float64Array(most);
    this.#before = new Int32Array(most);
    this.#after = new Int32Array(most);
  }

  sent(index: number, atNs: number): void {
    const place = index % this.#index.length;
    this.#leave(place);
    this.#index[place] = index;
    this.#sentNs[place] = atNs;
    this.#before[place] = this.#newest;
    this.#after[place] = NONE;
    if (this.#newest === NONE) this.#oldest = place;
    else this.#after[this.#newest] = place;
    this.#newest = place;
  }

  answered(index: number): void {
    const place = index % this.#index.length;
    if (this.#index[place] === index) this.#leave(place);
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
    for (let place = this.#oldest; place !== NONE; place = this.#after[place] as number) {
      const tookNs = atNs - (this.#sentNs[place] as number);
      if (tookNs < 0) break;
      if (meant.length >= LOOKED_MAX) {
        this.#met('guesses');
        break;
      }
      meant.push([this.#index[place] as number, tookNs]);
    }
    return meant;
  }

  /** Late ones, where one waits that is not. */
  #giveUp(atNs: number): void {
    const tookNs = (place: number) => atNs - (this.#sentNs[place] as number);
    if (this.#newest === NONE || tookNs(this.#newest) < 0 || tookNs(this.#newest) >= this.#lateNs) return;
    while (tookNs(this.#oldest) >= this.#lateNs) this.#leave(this.#oldest);
  }

  #leave(place: number): void {
    if (this.#index[place] === NONE) return;
    const before = this.#before[place] as number;
    const after = this.#after[place] as number;
    if (before === NONE) this.#oldest = after;
    else this.#after[before] = after;
    if (after === NONE) this.#newest = before;
    else this.#before[after] = before;
    this.#index[place] = NONE;
  }
}

type Meant = readonly [index: number, tookNs: number];
