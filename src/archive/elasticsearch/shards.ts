/** An index that is just being made, or read again after a start of the server, answers in a moment. */
import { systemClock } from '../../std/clock.ts';
import { Refused } from './failure.ts';

const WAIT_MS = 50;
/** Together about three seconds: who asks has more patience, and says so to people meanwhile. */
const TRIES_MAX = 11;

const NOT_YET = [
  'no_shard_available_action_exception',
  'search_phase_execution_exception',
  'unavailable_shards_exception',
];

/** Asks again while what is asked is not there yet. */
export async function whenShardsAreThere<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const isSoon = error instanceof Refused && error.status === 503 && NOT_YET.includes(error.type);
      if (!isSoon || tries >= TRIES_MAX) throw error;
      await new Promise<void>((resolve) => systemClock.after(WAIT_MS * tries, resolve));
    }
  }
}
