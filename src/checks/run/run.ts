/** What the checks of one run share. */
import type { Moments } from './moment.ts';
import type { Rations } from './rations.ts';
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
  /** Nothing is sent; it is said what would be. */
  readonly isDry: boolean;
  /** Packets of failed checks come along. */
  readonly hasPackets: boolean;
  /** Epoch ms, when the check was ok the last time. */
  readonly lastGreen: (id: string) => number | undefined;
}
