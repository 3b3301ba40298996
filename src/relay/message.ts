/** What agents and analyzers say to each other, as values; `wire/` makes bytes of them. Times are epoch ms. */
import type { Socket } from '../ends/socket.ts';
import type { Flow, RawPacket } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import type { SampleEvent } from '../graph/change.ts';
import type { Told } from '../graph/told.ts';

/** What an agent learned since it last told, in one batch of its spool. */
export interface Facts {
  /** Everything is told until this moment, by the agent's clock. */
  readonly time: number;
  /** The graph is told from the beginning: what was told before and is not among `graph` is gone at `time`. */
  readonly isWholeGraph: boolean;
  /** The same of sockets. */
  readonly isAllSockets: boolean;
  readonly graph: readonly Told[];
  readonly samples: readonly SampleEvent[];
  readonly flows: readonly Flow[];
  readonly rawPackets: readonly { readonly uuid: string; readonly packet: RawPacket }[];
  readonly losses: readonly Loss[];
  /** As they are now; those that closed have `closedAt`. */
  readonly sockets: readonly Socket[];
  /** What found no room on the agent since the batch before. */
  readonly lost: readonly Lost[];
}

export interface Lost {
  readonly what: 'graph' | 'samples' | 'flows' | 'rawPackets' | 'sockets';
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** Which protocol both can speak: the largest number in both ranges is spoken. */
export interface Versions {
  readonly min: number;
  readonly max: number;
}

/** The agent's first words. */
export interface Hello {
  readonly kind: 'hello';
  readonly versions: Versions;
  readonly software: string;
  /** Made when the agent first ran, and kept on its disk. */
  readonly agent: string;
  /** Of this run of it: two at a time with one `agent` are a copy. */
  readonly run: string;
  readonly host: string;
  /** `home`: this analyzer keeps what is told and acknowledges it. `mirror`: it only follows topology and sockets. */
  readonly role: 'home' | 'mirror';
  /** Name of the spool, made anew when the spool was lost; and the batches that it holds, [first, next). */
  readonly spool: string;
  readonly first: number;
  readonly next: number;
  readonly sentAt: number;
}

/** The analyzer's answer. */
export interface Welcome {
  readonly kind: 'welcome';
  readonly version: number;
  readonly software: string;
  readonly analyzer: string;
  /** Batches up to this one are kept: the agent goes on after it. 0: none. */
  readonly kept: number;
  /** What the analyzer does not have and the agent shall put into its next batch. */
  readonly wants: { readonly graph: boolean; readonly sockets: boolean };
  /** Batches, and bytes of them, that may be on their way unacknowledged. */
  readonly batchesMax: number;
  readonly bytesMax: number;
  /** Of the hello that this answers, and the analyzer's own clock. */
  readonly echo: number;
  readonly sentAt: number;
}

/** Goes on trying later, or elsewhere, unless it is final. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: 'version' | 'token' | 'copy' | 'host-taken' | 'full' | 'stopping' | 'protocol';
  readonly message: string;
  readonly isFinal: boolean;
}

export interface Batch {
  readonly kind: 'batch';
  readonly seq: number;
  /**
   * Number of the batch before it: what the spool lost leaves a gap in its numbers, and who has not got this one knows
   * that it is another gap. The first ever follows 0.
   */
  readonly after: number;
  /** Facts as `wire/facts.ts` encodes them: as they lie in the spool. */
  readonly facts: Uint8Array;
}

/** Batches up to `kept` are durable. Those of a mirror are not acknowledged: it says what it has taken in. */
export interface Ack {
  readonly kind: 'ack';
  readonly kept: number;
  /** The next batch shall hold these again from the beginning. */
  readonly wants?: { readonly graph: boolean; readonly sockets: boolean } | undefined;
  /** From now on so many may be on their way, in place of what the welcome said. */
  readonly window?: { readonly batchesMax: number; readonly bytesMax: number } | undefined;
}

/** Sent by both every few seconds, answered at once: a sign of life, and how far the clocks are apart. */
export interface Beat {
  readonly kind: 'beat';
  readonly sentAt: number;
  /** The newest beat of the other side that this answers, and when it came in; undefined before the first. */
  readonly echo?: { readonly sentAt: number; readonly receivedAt: number } | undefined;
}

/** The analyzer asks something of an agent, by name. */
export interface Ask {
  readonly kind: 'ask';
  readonly id: number;
  readonly what: string;
  /** JSON. */
  readonly body: unknown;
}

/** The answer in parts; the last one says so. */
export interface Reply {
  readonly kind: 'reply';
  readonly id: number;
  readonly isLast: boolean;
  /** JSON. */
  readonly body?: unknown;
  readonly flows?: readonly Flow[];
  readonly bytes?: Uint8Array;
  readonly fault?: { readonly code: string; readonly message: string; readonly hint?: string } | undefined;
}

/** Nobody waits for that answer any more. */
export interface Cancel {
  readonly kind: 'cancel';
  readonly id: number;
}

export type FromAgent = Hello | Batch | Beat | Reply;
export type FromAnalyzer = Welcome | Refusal | Ack | Beat | Ask | Cancel;
export type Message = FromAgent | FromAnalyzer;
