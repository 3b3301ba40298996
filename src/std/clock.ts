/** Time as an argument: what waits takes a Clock, so that a test turns its hands. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Acts once after the delay; what comes back calls it off. */
  after(delayMs: number, act: () => void): () => void;
}

/** The machine's own time. What waits on it does not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, act) {
    const timer = setTimeout(act, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
