/** When to ask processes where they live: soon after something changed, but never so often that it costs. */
import type { Door, NetnsIdentity } from '../../native/door.ts';
import type { Holders } from './holders.ts';
import { readInhabitants } from './inhabitants.ts';

/** However many processes come and go, scans take 2 % of the time at most; while a name was removed just now, 20 %. */
const GAP_SCANS = 50;
const GAP_SCANS_URGENT = 5;
/** Processes that end while they are asked make us ask again, but not forever. */
const TRIES_MAX = 3;

export class Scans {
  /** Something may have changed: scan as soon as it is time. */
  isWanted = true;
  readonly #parts: { readonly door: Door; readonly holders: Holders; readonly own: NetnsIdentity };
  #trust = false;
  #endedMs = Number.NEGATIVE_INFINITY;
  /** What a scan costs. One that had to wait for others says little, so it rises slowly and falls at once. */
  #costMs = 0;

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
    if (!this.isWanted) return Number.POSITIVE_INFINITY;
    return this.#endedMs + this.#costMs * (this.#parts.holders.hasOrphans ? GAP_SCANS_URGENT : GAP_SCANS);
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
    this.#endedMs = Date.now();
    const tookMs = performance.now() - startMs;
    this.#costMs = this.#costMs === 0 ? tookMs : Math.min(tookMs, this.#costMs * 1.5);
    return isComplete;
  }
}
