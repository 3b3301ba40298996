/** What alerts look with, tell with and are kept by. */
import type { AlertMessage } from '../contract/alert.ts';
import type { Clock } from '../std/clock.ts';
import type { KeptLists, LongKeptLists, SharedKeptLists } from '../std/kept-lists.ts';
import type { Action, ActionRules } from './action.ts';
import type { AlertLimits, AllAlerts } from './alert.ts';
import type { Reason } from './standing.ts';
import type { TurnParts } from './turn.ts';

export interface AlertsParts extends Pick<TurnParts, 'isFirst' | 'lastTurn'> {
  /** What a condition finds now; undefined: nothing. Rejects when that cannot be known. */
  readonly look: (expression: string, signal: AbortSignal) => Promise<Reason | undefined>;
  /** Throws a Mistake that tells all that is wrong with a condition. */
  readonly check: (expression: string) => void;
  /** What is odd about one, and not wrong, such as a key that nothing has. */
  readonly warnings: (expression: string) => readonly string[];
  readonly act: (action: Action, message: AlertMessage, signal: AbortSignal) => Promise<void>;
  readonly actionRules: ActionRules;
  /** What several share has to arrive where they share it: before a message is sent, and before another goes on with it. */
  readonly kept: KeptLists<AllAlerts> & Partial<LongKeptLists<AllAlerts> & SharedKeptLists<AllAlerts>>;
  readonly host: string;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly random: () => number;
  /** Of the processor, as much as all of us have used so far, ms. */
  readonly usedMs: () => number;
  readonly log: { info(text: string): void; warn(text: string): void };
  readonly limits: AlertLimits;
}
