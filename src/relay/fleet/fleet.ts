/** The agents of an analyzer, as far as questions go: who is there, whose an element is, and what they answer. */
import type { Reply } from '../message.ts';

export interface Fleet {
  /** Those that can be asked now. */
  connected(): readonly FleetAgent[];
  /** Those that told something, and cannot be asked. */
  away(): readonly AwayAgent[];
}

export interface FleetAgent {
  readonly id: string;
  readonly host: string;
  /** What its elements have as theirs. */
  readonly origin: string;
  /** This analyzer keeps what it tells, has all of its picture, and tells it what to do: no other does. */
  readonly isHome: boolean;
  /**
   * The parts of its answer, in order. Throws an Unavailable when the agent goes or stays silent for too long, a Mistake
   * when it refuses. The signal, or not reading on, calls it off.
   */
  ask(what: string, body: unknown, signal?: AbortSignal): AsyncIterable<ReplyPart>;
}

export interface AwayAgent {
  readonly id: string;
  readonly host: string;
  readonly origin: string;
  /** Epoch ms: the newest that is known of it. */
  readonly since: number;
}

export type ReplyPart = Pick<Reply, 'body' | 'flows' | 'bytes'>;

/** What an agent does when it is asked: by the name of the question. */
export type Answers = Readonly<Record<string, (body: unknown, signal: AbortSignal) => AsyncIterable<ReplyPart>>>;
