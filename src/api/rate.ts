/** Token buckets by address: so many a second, twice as many in a burst. */

/** Addresses that are remembered; the one that was quiet longest is forgotten first. */
const addressesMax = 10_000;

interface Bucket {
  left: number;
  at: number;
}

export class Rate {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: { readonly perSecond: number; readonly burst?: number }) {
    this.#perMs = options.perSecond / 1000;
    this.#burst = options.burst ?? Math.max(options.perSecond * 2, 1);
  }

  /** False when it is too much. */
  take(address: string, nowMs: number): boolean {
    const bucket = this.#refilled(address, nowMs);
    if (bucket.left < 1) return false;
    bucket.left--;
    return true;
  }

  /** Is there anything left? Takes nothing. */
  hasLeft(address: string, nowMs: number): boolean {
    return !this.#buckets.has(address) || this.#refilled(address, nowMs).left >= 1;
  }

  #refilled(address: string, nowMs: number): Bucket {
    const bucket = this.#buckets.get(address) ?? { left: this.#burst, at: nowMs };
    bucket.left = Math.min(this.#burst, bucket.left + (nowMs - bucket.at) * this.#perMs);
    bucket.at = nowMs;
    // A Map keeps insertion order: written again, it is the newest.
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > addressesMax) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return bucket;
  }
}
