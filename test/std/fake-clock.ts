/** A clock whose hands the test turns. */
import type { Clock } from '../../src/std/clock.ts';

export interface FakeClock extends Clock {
  /** Lets time pass; what falls due acts in order, with promises settled in between. */
  pass(ms: number): Promise<void>;
  /** How many things wait. */
  waiting(): number;
}

export function fakeClock(startMs = 1_000_000): FakeClock {
  let nowMs = startMs;
  const due: { atMs: number; act: () => void }[] = [];
  return {
    now: () => nowMs,
    after(delayMs, act) {
      const entry = { atMs: nowMs + delayMs, act };
      due.push(entry);
      return () => {
        const index = due.indexOf(entry);
        if (index >= 0) due.splice(index, 1);
      };
    },
    async pass(ms) {
      const endMs = nowMs + ms;
      await quiet();
      for (;;) {
        const next = due.toSorted((a, b) => a.atMs - b.atMs)[0];
        if (!next || next.atMs > endMs) break;
        nowMs = Math.max(nowMs, next.atMs);
        due.splice(due.indexOf(next), 1);
        next.act();
        await quiet();
      }
      nowMs = endMs;
    },
    waiting: () => due.length,
  };
}

/** Lets everything that is already on its way arrive. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
