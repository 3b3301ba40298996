/** What the kernels drop of the packets of one injection: watched while it runs. */
import type { MeetBound } from './bounds.ts';
import type { InjectedPacket, InjectionDropped } from './injection.ts';
import type { Probing } from './order.ts';

export interface Losses extends AsyncDisposable {
  /** Until now. `isQuick`: as far as it is known already. */
  told(isQuick: boolean): Promise<readonly InjectionDropped[]>;
}

/** Rejects where no kernel tells. */
export type WatchLosses = (probing: Probing, packet: InjectedPacket, met: MeetBound) => Promise<Losses>;

/** Different ones that are told of one injection. */
export const LOSSES_MAX = 16;
/** Of a fleet of more agents, those of both ends are asked alone. */
export const ASKED_AGENTS_MAX = 64;
/** An injection waits so long for the kernels to begin telling, and begins without them then. */
export const WATCHING_MS = 2_000;
