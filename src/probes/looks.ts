/** A loop that looks whenever something rings, and again when it is time for it. */
import type { Bell } from '../std/bell.ts';

/** Looks. Gives after how many ms to look again although nothing rings; undefined: not before something does. */
type See = () => number | undefined | Promise<number | undefined>;

/** Until the signal aborts. */
export async function keepLooking(look: Bell, signal: AbortSignal, see: See): Promise<void> {
  let wake: NodeJS.Timeout | undefined;
  try {
    while (await look.rung(signal)) {
      clearTimeout(wake);
      const againMs = await see();
      if (againMs !== undefined) wake = setTimeout(look.ring, againMs).unref();
    }
  } finally {
    clearTimeout(wake);
  }
}

/** Looking at all of a graph takes no more than this share of the time. */
const SHARE = 100;

/** The same look, with longer pauses in very large graphs. */
export function sparingly(see: () => number | undefined): See {
  return () => {
    const begunMs = performance.now();
    const againMs = see();
    return againMs === undefined ? undefined : Math.max(againMs, (performance.now() - begunMs) * SHARE);
  };
}
