/** What one run is given by who asks for it: clocks, dice, and how it ends. */
import type { Limits } from '../../limits.ts';

export interface RunContext {
  /** The clock on the wall, epoch ms: what "now" means in this run. */
  readonly nowMs: number;
  /** Monotonic ms, to see how long it takes. */
  readonly elapsed: () => number;
  /** Lets the event loop turn once. */
  readonly turn: () => Promise<void>;
  /** [0, 1) */
  readonly random: () => number;
  /** Ends the traversal, also while it waits for an archive. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<Limits> | undefined;
}
