/**
 * Both ends of a link within one process, for tests and for simulations of whole fleets: what is delayed, repeated,
 * dropped, held up or cut is said by an argument, and time is the clock's that is given.
 */
import type { Clock } from '../std/clock.ts';
import type { AgentLink, AnalyzerLink, Link, LinkListener } from './link.ts';
import type { Message } from './message.ts';
import { messageSize } from './message-size.ts';

export interface MemoryLinkOptions {
  readonly clock: Clock;
  /** What each end calls the other. */
  readonly agent?: string;
  readonly analyzer?: string;
  /**
   * What becomes of a message: delays in ms, one for each copy that arrives (none: it is lost), or `cut`. They arrive
   * in the order of their times, not in that in which they were sent. Without it each arrives in the next turn.
   */
  readonly fate?: (message: Message, from: 'agent' | 'analyzer') => readonly number[] | 'cut';
}

export interface MemoryLinks {
  /** The end that the agent holds. */
  readonly agent: AgentLink;
  /** The end that the analyzer holds. */
  readonly analyzer: AnalyzerLink;
  /** As if the wire broke: both are told, what is on its way is lost. */
  cut(reason?: string): void;
  /** As if it broke without a word: nothing arrives any more, nobody is told. */
  silence(): void;
}

export function memoryLinks(options: MemoryLinkOptions): MemoryLinks {
  const { clock, fate } = options;
  const wire: Wire = { clock, isCut: false, isSilent: false, ends: [] };
  const agent = new MemoryLink(wire, options.analyzer ?? 'analyzer', (message) => fate?.(message, 'agent'));
  const analyzer = new MemoryLink(wire, options.agent ?? 'agent', (message) => fate?.(message, 'analyzer'));
  wire.ends.push(agent, analyzer);
  agent.other = analyzer;
  analyzer.other = agent;
  return {
    agent: agent as unknown as AgentLink,
    analyzer: analyzer as unknown as AnalyzerLink,
    cut: (reason = 'the connection was cut') => cut(wire, reason),
    silence: () => {
      wire.isSilent = true;
    },
  };
}

interface Wire {
  readonly clock: Clock;
  isCut: boolean;
  isSilent: boolean;
  readonly ends: MemoryLink[];
}

function cut(wire: Wire, reason: string): void {
  if (wire.isCut) return;
  wire.isCut = true;
  for (const end of wire.ends) end.ended(reason);
}

class MemoryLink implements Link<Message, Message> {
  readonly remote: string;
  other: MemoryLink | undefined;
  bufferedBytes = 0;
  receivedBytes = 0;
  sentBytes = 0;
  readonly #wire: Wire;
  readonly #fate: (message: Message) => readonly number[] | 'cut' | undefined;
  #listener: LinkListener<Message> | undefined;
  /** In the next turn, in order. */
  #soon: Message[] = [];
  /** When the last of what was sent arrives. */
  #lastDue = 0;
  /** Arrived while nobody listened, or while it was paused. */
  #arrived: Message[] = [];
  #isPaused = false;
  #endReason: string | undefined;

  constructor(wire: Wire, remote: string, fate: (message: Message) => readonly number[] | 'cut' | undefined) {
    this.#wire = wire;
    this.remote = remote;
    this.#fate = fate;
  }

  send(message: Message): void {
    if (this.#endReason !== undefined || this.#wire.isCut) return;
    const size = messageSize(message);
    const { clock } = this.#wire;
    this.sentBytes += size;
    const fate = this.#fate(message);
    if (fate === 'cut') {
      cut(this.#wire, 'the connection was cut');
      return;
    }
    if (fate === undefined) {
      this.bufferedBytes += size;
      this.#soon.push(message);
      if (this.#soon.length === 1) clock.after(0, () => this.#arriveSoon());
      return;
    }
    for (const delayMs of fate) {
      this.bufferedBytes += size;
      this.#lastDue = Math.max(this.#lastDue, clock.now() + delayMs);
      clock.after(delayMs, () => this.#arrive(message));
    }
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
  }

  /** The other side hears of it after what was sent before. */
  close(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.ended(reason);
    const { clock } = this.#wire;
    clock.after(Math.max(0, this.#lastDue - clock.now()), () => cut(this.#wire, reason));
  }

  listen(listener: LinkListener<Message>): void {
    this.#listener = listener;
    this.#deliver();
    if (this.#endReason !== undefined) listener.closed(this.#endReason);
  }

  ended(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#listener?.closed(reason);
  }

  #arriveSoon(): void {
    const messages = this.#soon;
    this.#soon = [];
    for (const message of messages) this.#arrive(message);
  }

  #arrive(message: Message): void {
    if (this.#wire.isSilent || this.#wire.isCut) return;
    this.other?.take(message);
  }

  take(message: Message): void {
    if (this.#endReason !== undefined) return;
    this.#arrived.push(message);
    this.#deliver();
  }

  #deliver(): void {
    while (this.#listener && !this.#isPaused && this.#endReason === undefined) {
      const message = this.#arrived.shift();
      if (message === undefined) return;
      const size = messageSize(message);
      this.receivedBytes += size;
      this.other?.left(size);
      this.#listener.message(message);
    }
  }

  /** It has been read at the other end. */
  left(bytes: number): void {
    this.bufferedBytes -= bytes;
    if (this.bufferedBytes === 0 && this.#endReason === undefined) this.#listener?.drained();
  }
}
