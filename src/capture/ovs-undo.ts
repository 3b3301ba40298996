/** What we have set up in a switch is taken back, also when its database does not answer just then. */

import { Undone } from '../ovsdb/transact.ts';
import { backoff } from '../std/backoff.ts';

/** Never throws. Resolves after the first try; further ones follow while the process runs, and the next run sweeps. */
export async function undo(act: () => Promise<unknown>, failed: (why: string) => void): Promise<void> {
  const waits = backoff({ firstMs: 1_000, maxMs: 60_000, random: Math.random });
  const attempt = async (isFirst: boolean): Promise<void> => {
    try {
      await act();
    } catch (error) {
      // What is not any more as we made it is not ours to take back.
      if (error instanceof Undone) return;
      if (isFirst) failed((error as Error).message);
      setTimeout(() => void attempt(false), waits.next()).unref();
    }
  };
  await attempt(true);
}
