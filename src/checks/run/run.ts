/** What the checks of one run share. */
import type { Check, EvidenceKind } from '../suite/suite.ts';
import type { Breath } from './breath.ts';
import type { Moments } from './moment.ts';
import type { Rations } from './rations.ts';
import type { Since } from './since.ts';
import type { Slots } from './slots.ts';
import type { Watches } from './watches.ts';
import type { World } from './world.ts';

export interface Run {
  readonly id: string;
  readonly world: World;
  readonly moments: Moments;
  readonly watches: Watches;
  readonly rations: Rations;
  /** This attempt has so many ms more: it is known to take as long, or had to wait its turn. */
  readonly stretch: (ms: number) => void;
  /** Epoch ms, when the check (or the run, where it is of no check) began. */
  readonly begunAt: number;
  /** Evidence of so many failures is gathered at a time. */
  readonly looking: Slots;
  /** What broke it is asked for one failure at a time: it computes and waits for nothing, so many at once would all be late. */
  readonly blaming: Slots;
  /** Nothing is sent; it is said what would be. */
  readonly isDry: boolean;
  /** Packets of failed checks come along. */
  readonly hasPackets: boolean;
  readonly since: Since;
  readonly breath: Breath;
  /** A promise while whoever reads the results has not taken those that there are. */
  readonly ready: () => Promise<void> | undefined;
  /** Of all checks together. */
  readonly spent: Spent;
  /** What failed is tried again, so that nobody reads what it came to now. */
  readonly isTriedAgain: boolean;
  /** Of the check that this is about, when it failed. */
  readonly failure: { isBrief: boolean };
}

export interface Spent {
  /** Failures whose evidence was gathered whole. */
  wholes: number;
  /** Waiting for what broke it, ms. */
  whyMs: number;
}

/** This kind of evidence is to be gathered. */
export function isWanted(kind: EvidenceKind, { evidence }: Pick<Check, 'evidence'>, { failure }: Run): boolean {
  return !failure.isBrief && evidence.onFailure.includes(kind);
}
