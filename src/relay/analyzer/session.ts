/** One connection of an agent, as the analyzer sees it: a hello, then batches, beats and replies, until it ends. */
import type { Clock } from '../../std/clock.ts';
import { Beats } from '../beats.ts';
import type { ReplyPart } from '../fleet/fleet.ts';
import type { AnalyzerLink, LinkListener } from '../link.ts';
import type { Ack, Batch, FromAgent, Hello, Refusal, Welcome } from '../message.ts';
import { type AskOptions, Asks } from './asks.ts';
import type { Window } from './pressure.ts';

export interface SessionParts {
  readonly link: AnalyzerLink;
  readonly clock: Clock;
  readonly beatMs?: number | undefined;
  /** Who it is and whether he may. Gives the welcome, but for what the session knows. */
  readonly greet: (hello: Hello, session: Session) => Refusal | Omit<Welcome, 'kind' | 'echo' | 'sentAt'>;
  /** Gives a refusal when it is not what had to come. */
  readonly batch: (batch: Batch, session: Session) => Refusal | undefined;
  /** Once. */
  readonly ended: (session: Session, reason: string) => void;
}

/** For the first word. */
const PATIENCE_MS = 10_000;

export class Session implements LinkListener<FromAgent> {
  readonly #parts: SessionParts;
  readonly #beats: Beats;
  #asks: Asks | undefined;
  #hello: Hello | undefined;
  #window: Window | undefined;
  #isPaused = false;
  #receivedBefore = 0;
  #isOver = false;
  readonly #cancelPatience: () => void;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { clock, beatMs, link } = parts;
    this.#beats = new Beats({
      clock,
      ...(beatMs === undefined ? {} : { everyMs: beatMs }),
      send: (beat) => link.send(beat),
      dead: (silentMs) => this.#silent(silentMs),
    });
    this.#cancelPatience = clock.after(PATIENCE_MS, () =>
      this.refuse({ code: 'protocol', message: `no hello within ${PATIENCE_MS / 1000} s`, isFinal: false }),
    );
    link.listen(this);
  }

  /** Undefined before it has said so. */
  get hello(): Hello | undefined {
    return this.#hello;
  }

  get remote(): string {
    return this.#parts.link.remote;
  }

  get receivedBytes(): number {
    return this.#parts.link.receivedBytes;
  }

  get sentBytes(): number {
    return this.#parts.link.sentBytes;
  }

  /** The agent's clock less this one, ms. */
  get offsetMs(): number | undefined {
    return this.#beats.offsetMs;
  }

  get roundTripMs(): number | undefined {
    return this.#beats.roundTripMs;
  }

  /** The window is told when it is another. */
  ack(ack: Omit<Ack, 'kind' | 'window'>, window: Window): void {
    const isSame = window.batchesMax === this.#window?.batchesMax && window.bytesMax === this.#window.bytesMax;
    this.#window = window;
    this.#parts.link.send({ kind: 'ack', ...ack, ...(isSame ? {} : { window }) });
  }

  ask(what: string, body: unknown, options?: AskOptions): AsyncIterable<ReplyPart> {
    if (!this.#asks) throw new Error('asked before it was welcome');
    return this.#asks.ask(what, body, options);
  }

  pause(): void {
    this.#isPaused = true;
    this.#parts.link.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#beats.heard();
    this.#parts.link.resume();
  }

  refuse(refusal: Omit<Refusal, 'kind'>): void {
    if (this.#isOver) return;
    this.#parts.link.send({ kind: 'refusal', ...refusal });
    this.close(refusal.message);
  }

  close(reason: string): void {
    this.#parts.link.close(reason);
    this.closed(reason);
  }

  message(message: FromAgent): void {
    if (this.#isOver) return;
    this.#beats.heard();
    const { receivedBytes } = this;
    const bytes = receivedBytes - this.#receivedBefore;
    this.#receivedBefore = receivedBytes;
    if (message.kind === 'hello') this.#greet(message);
    else if (!this.#hello)
      this.refuse({ code: 'protocol', message: `a ${message.kind} before the hello`, isFinal: false });
    else if (message.kind === 'batch') {
      const refusal = this.#parts.batch(message, this);
      if (refusal) this.refuse(refusal);
    } else if (message.kind === 'beat') this.#beats.take(message);
    else this.#asks?.take(message, bytes);
  }

  drained(): void {
    // Acks and asks are small: nothing waits for room.
  }

  closed(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelPatience();
    this.#beats.stop();
    this.#asks?.stop(reason);
    this.#parts.ended(this, reason);
  }

  #greet(hello: Hello): void {
    if (this.#hello) {
      this.refuse({ code: 'protocol', message: 'a second hello', isFinal: false });
      return;
    }
    const { link, clock, greet } = this.#parts;
    const answer = greet(hello, this);
    if ('code' in answer) {
      this.refuse(answer);
      return;
    }
    this.#cancelPatience();
    this.#hello = hello;
    this.#asks = new Asks(link, clock, `${hello.agent} of ${hello.host}`);
    this.#window = { batchesMax: answer.batchesMax, bytesMax: answer.bytesMax };
    link.send({ kind: 'welcome', ...answer, echo: hello.sentAt, sentAt: clock.now() });
    this.#beats.start();
  }

  #silent(silentMs: number): void {
    // What is not read cannot be heard.
    if (this.#isPaused) this.#beats.heard();
    else this.close(`silent for ${silentMs / 1000} s`);
  }
}
