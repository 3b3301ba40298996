/** Waiting for the other side to take what it was sent. */
import type { Writable } from 'node:stream';

/** Resolves also when the other side has gone: who waits must be let go. After `ms` in which it took nothing, `giveUp` is called. */
export function drained(
  stream: Pick<Writable, 'on' | 'off'>,
  late?: { readonly ms: number; readonly giveUp: () => void },
): Promise<void> {
  return new Promise((resolve) => {
    const tooLong = late && setTimeout(late.giveUp, late.ms);
    const done = () => {
      clearTimeout(tooLong);
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
