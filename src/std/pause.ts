/** Waiting, on a clock that comes as an argument. */
import type { Clock } from './clock.ts';

/** Resolves after the delay, or at once when the signal aborts. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = () => {
      cancel();
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Whether the promise settles, one way or the other, within the delay. */
export function settlesWithin(clock: Clock, delayMs: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(delayMs, () => resolve(false));
    const done = () => {
      cancel();
      resolve(true);
    };
    promise.then(done, done);
  });
}
