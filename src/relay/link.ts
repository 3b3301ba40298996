/** A connection that carries messages, in order, until it ends: a WebSocket, or two objects of one process. */
import type { FromAgent, FromAnalyzer, Message } from './message.ts';

export interface Link<Out extends Message, In extends Message> {
  /** Whom it leads to, for sentences: an address or a URL without secrets. */
  readonly remote: string;
  /** Never waits, never throws; after the end nothing happens. */
  send(message: Out): void;
  /** Of what was sent, what has not left yet. Whoever sends much stops above a bound of his and goes on when drained. */
  readonly bufferedBytes: number;
  /** What has come in, and gone out, since the beginning. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Nothing more is read until `resume`: whoever sends is slowed down. */
  pause(): void;
  resume(): void;
  /** Ends it, with a sentence for the other side. What was sent before still leaves, if it can. */
  close(reason: string): void;
  /** Once, in the same turn in which the link was got; what came in before is told at once. */
  listen(listener: LinkListener<In>): void;
}

export interface LinkListener<In extends Message> {
  message(message: In): void;
  /** All that was sent has left. */
  drained(): void;
  /** Once, and the last thing that is told; also after one's own `close`. */
  closed(reason: string): void;
}

/** As the agent holds it. */
export type AgentLink = Link<FromAgent, FromAnalyzer>;
/** As the analyzer holds it. */
export type AnalyzerLink = Link<FromAnalyzer, FromAgent>;

/** How an agent gets to an analyzer. */
export interface Dialer {
  /** For sentences and status: the URL. */
  readonly name: string;
  /** Rejects with a DialRefusal where the door is shut, with an Unavailable where there is none; ends with the signal. */
  dial(signal: AbortSignal): Promise<AgentLink>;
}

/** Someone is there and says no before a word was spoken: a token that is not known, a certificate that is not trusted. */
export class DialRefusal extends Error {
  readonly code: 'token' | 'certificate' | 'no-relay';

  constructor(code: 'token' | 'certificate' | 'no-relay', message: string) {
    super(message);
    this.name = 'DialRefusal';
    this.code = code;
  }
}
