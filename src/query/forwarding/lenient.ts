/** What would become of a frame, were it not for links that are down and VLANs. */
import type { Frame, Trip, Way } from './frame.ts';
import type { End, Outcome } from './hop.ts';

/** Undefined: that is what is being asked already. */
export function* freely(trip: Trip, walk: (lenient: Trip) => Way): Generator<undefined, End | undefined> {
  if (trip.isLenient === true) return undefined;
  return (yield* walk({ depth: trip.depth, seen: new Set(), isLenient: true })).end;
}

/**
 * Of a frame that is flooded: what keeps it from going by a port does not matter when nobody behind that port has its
 * hardware address. While that address is not known, whoever is behind a link that is down may be the one.
 */
export function isIdle({ end }: Outcome, free: End | undefined, { targetMac }: Frame): boolean {
  if (end.kind !== 'stopped' || (end.code !== 'down' && end.code !== 'vlan')) return false;
  return targetMac !== undefined && isNobodys(free);
}

/** Nobody is there whom the frame is meant for. */
export function isNobodys(free: End | undefined): boolean {
  return free?.kind === 'stopped' && NOBODY.has(free.code);
}

const NOBODY = new Set(['not-for-it', 'nobody', 'loop']);
