/** What the thread of a run and the process say to each other. The thread waits in place for its answers. */
import type { MessagePort } from 'node:worker_threads';
import type { AskedOfApi } from '../workflow.ts';
import type { RunLimits } from './limits.ts';

export interface Setup {
  readonly source: string;
  /** JSON text of a list; undefined: the source is only looked at. */
  readonly params: string | undefined;
  readonly limits: RunLimits;
  /** Where answers come in. */
  readonly answers: MessagePort;
  /** Two words (Int32): how many answers were sent, and whether the thread waits. */
  readonly bell: SharedArrayBuffer;
}

export const ANSWERED = 0;
export const WAITING = 1;

export type FromThread =
  | { readonly kind: 'begun' }
  | { readonly kind: 'ask'; readonly request: AskedOfApi }
  | { readonly kind: 'said'; readonly line: string }
  | { readonly kind: 'done'; readonly json: string; readonly unsaid: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Status in three digits, then the text of the answer. */
export type ToThread = string;

export interface Failure {
  readonly why: Why;
  readonly message: string;
  /** In the source, from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly cause?: string;
}

export type Why =
  | 'syntax'
  | 'threw'
  | 'unsettled'
  | 'result'
  | 'time'
  | 'cpu'
  | 'memory'
  | 'stack'
  | 'asked'
  | 'result-size'
  | 'crashed';
