/** What alerts are made of, as they are kept over a restart and shared among analyzers. */
import type { AlertEvent, AlertMessage, WireAlert } from '../contract/alert.ts';
import type { Standing } from './standing.ts';

export type Alert = WireAlert;

export interface AllAlerts {
  readonly alerts: readonly Alert[];
  readonly standings: readonly Standing[];
  /** What somebody has still to be told, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Oldest first. */
  readonly history: readonly AlertEvent[];
}

export interface Delivery {
  /** Of the message: whoever gets it twice can tell by it. */
  readonly ID: string;
  readonly Alert: string;
  readonly Action: string;
  readonly Message: AlertMessage;
  /** Of the message as JSON. */
  readonly Chars: number;
  readonly Tries: number;
  /** Of the last try. */
  readonly Error?: string;
  /** Epoch ms: when it was first to be told. */
  readonly Since: number;
}

export interface AlertLimits {
  readonly alerts: number;
  /** For looking at one condition. ms */
  readonly lookMs: number;
  /** Between two messages of one firing that differ in their reason. ms */
  readonly changedMs: number;
  readonly history: number;
  /** Messages that wait, of all alerts together. The oldest gives way. */
  readonly waiting: number;
  /** Of all of these as JSON. */
  readonly waitingChars: number;
  /** Told at a time; and of these to one place, that is one server, script or file. */
  readonly telling: number;
  readonly tellingOne: number;
  /** After so long nobody is told any more. ms */
  readonly giveUpMs: number;
}

export const defaultLimits: AlertLimits = {
  alerts: 1_000,
  lookMs: 10_000,
  changedMs: 1_000,
  history: 500,
  waiting: 500,
  waitingChars: 4 * 2 ** 20,
  telling: 16,
  tellingOne: 4,
  giveUpMs: 24 * 3_600_000,
};
