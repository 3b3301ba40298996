/** Whether a frame would come to whom it is meant for, were it not for links that are down and VLANs. */
import type { Trip, Way } from './frame.ts';

export function* wouldArrive(trip: Trip, walk: (lenient: Trip) => Way): Generator<undefined, boolean> {
  if (trip.isLenient === true) return false;
  const { end } = yield* walk({ depth: trip.depth, seen: new Set(), isLenient: true });
  return end.kind === 'arrived';
}
