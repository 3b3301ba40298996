/** When to ask processes where they live: soon after something changed, but never so often that it costs. */
import type { Door, NetnsIdentity } from '../../native/door.ts';
import type { Holders } from './holders.ts';
import { readInhabitants } from './inhabitants.ts';

/** A scan that takes 1 ms is not done again for 50 ms: scans take 2 % of the time at most, however many processes come and go. */
const GAP_SHARE = 50;
const GAP_MIN_MS = 10;
/** Processes that end while they are asked make us ask again, but not forever. */
const TRIES_MAX = 3;

export class Scans {
  readonly #parts: { readonly door: Door; readonly holders: Holders; readonly own: NetnsIdentity };
  /** Something may have changed: scan as soon as it is time. */
  isWanted = true;
  #trust = false;
  #notBeforeMs = 0;

  constructor(parts: { door: Door; holders: Holders; own: NetnsIdentity }) {
    this.#parts = parts;
  }

  /** The next scan believes nothing that it saw before. */
  doubt(): void {
    this.isWanted = true;
    this.#trust = false;
  }

  /** When the next scan is due; Infinity when none is wanted. */
  dueMs(): number {
    return this.isWanted ? this.#notBeforeMs : Number.POSITIVE_INFINITY;
  }

  /** Whether it is now known of every process where it lives. */
  async scan(): Promise<boolean> {
    const { holders } = this.#parts;
    const startMs = performance.now();
    this.isWanted = false;
    let isComplete = false;
    for (let tries = 0; tries < TRIES_MAX && !isComplete; tries++) {
      const reading = await readInhabitants(this.#parts, { trust: this.#trust && !holders.hasOrphans });
      holders.seeInhabitants(reading);
      isComplete = reading.isComplete;
    }
    this.#trust = isComplete;
    this.isWanted ||= !isComplete;
    this.#notBeforeMs = Date.now() + Math.max(GAP_MIN_MS, GAP_SHARE * (performance.now() - startMs));
    return isComplete;
  }
}
