/** A watch as a stream: what was dropped since the last beat, several times a second. An agent tells it so. */
import type { Clock } from '../std/clock.ts';
import { pause } from '../std/pause.ts';
import type { Drop, DropsWatch } from './drops.ts';

export interface DropsBeat {
  readonly drops: readonly Drop[];
  /** That were lost since it began. */
  readonly lost: number;
}

/** Also without any drop, so that who hears knows that there was none. */
export const DROPS_BEAT_MS = 200;
/** Drops of one beat; further ones are counted as lost. */
export const BEAT_DROPS_MAX = 2_048;

/** The first at once. Until the signal aborts. The watch is its caller's to end. */
export async function* dropBeats(
  watch: DropsWatch,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<DropsBeat> {
  let drops: Drop[] = [];
  let unkept = 0;
  const end = watch.listen((drop) => {
    if (drops.length < BEAT_DROPS_MAX) drops.push(drop);
    else unkept++;
  });
  try {
    while (!signal.aborted) {
      await watch.settled();
      const told = drops;
      drops = [];
      yield { drops: told, lost: watch.lost() + unkept };
      await pause(clock, DROPS_BEAT_MS, signal);
    }
  } finally {
    end();
  }
}
