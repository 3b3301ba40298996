/** How long to wait before the next try: twice as long each time, with jitter so that many do not try at once. */
export interface Backoff {
  /** Wait for the next try, in ms: between half and all of 1, 2, 4 … times `firstMs`, never more than `maxMs`. */
  next(): number;
  /** It went well: the next wait is short again. */
  reset(): void;
}

/** `random` gives numbers in [0, 1). */
export function backoff({ firstMs, maxMs, random }: { firstMs: number; maxMs: number; random: () => number }): Backoff {
  let limitMs = firstMs;
  return {
    next() {
      const waitMs = limitMs * (0.5 + random() / 2);
      limitMs = Math.min(limitMs * 2, maxMs);
      return waitMs;
    },
    reset() {
      limitMs = firstMs;
    },
  };
}
