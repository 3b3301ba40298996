/** One connection of an agent to one analyzer, from the first try to its end: who speaks when, and whether anybody is still there. */
import type { Clock } from '../../std/clock.ts';
import { Beats } from '../beats.ts';
import { type AgentLink, type Dialer, DialRefusal, type LinkListener } from '../link.ts';
import type { FromAnalyzer, Hello, Welcome } from '../message.ts';
import { Answers, type AnswersCount } from './answers.ts';
import type { AskHandlers } from './ask-handlers.ts';
import type { Feed } from './feed.ts';

export interface UplinkParts {
  readonly dialer: Dialer;
  readonly role: Hello['role'];
  readonly clock: Clock;
  readonly beatMs?: number | undefined;
  readonly hello: () => Hello;
  readonly feed: (link: AgentLink) => Feed;
  readonly handlers: AskHandlers;
  readonly count: AnswersCount;
  readonly welcomed: (welcome: Welcome) => void;
  /** Once, whatever happens; not after `close`. */
  readonly ended: (end: End) => void;
}

/** Why it is over. */
export interface End {
  /** `lost`: nobody there, or not any more. Else the code of a refusal. */
  readonly code: string;
  readonly message: string;
  /** To try again soon is of no use. */
  readonly isFinal: boolean;
}

export interface UplinkStatus {
  readonly state: 'connecting' | 'connected';
  readonly analyzer: string | undefined;
  readonly software: string | undefined;
  /** Epoch ms. */
  readonly since: number;
  /** The analyzer's clock less this one's, ms. */
  readonly clockOffsetMs: number | undefined;
  readonly roundTripMs: number | undefined;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** To be through to someone, and to be welcomed by him. */
const PATIENCE_MS = 10_000;

export class Uplink implements LinkListener<FromAnalyzer> {
  readonly role: Hello['role'];
  readonly #parts: UplinkParts;
  readonly #dialing = new AbortController();
  readonly #beats: Beats;
  #since: number;
  #link: AgentLink | undefined;
  #feed: Feed | undefined;
  #answers: Answers | undefined;
  #welcome: Welcome | undefined;
  #isOver = false;
  #cancelPatience: () => void;

  constructor(parts: UplinkParts) {
    this.#parts = parts;
    this.role = parts.role;
    const { clock, beatMs } = parts;
    this.#since = clock.now();
    this.#beats = new Beats({
      clock,
      ...(beatMs === undefined ? {} : { everyMs: beatMs }),
      send: (beat) => this.#link?.send(beat),
      dead: (silentMs) => this.#over({ code: 'lost', message: `silent for ${silentMs / 1000} s`, isFinal: false }),
    });
    this.#cancelPatience = clock.after(PATIENCE_MS, () => this.#impatient());
    void this.#dial();
  }

  get isWelcome(): boolean {
    return this.#welcome !== undefined && !this.#isOver;
  }

  /** Undefined until it is welcome. */
  get feed(): Feed | undefined {
    return this.isWelcome ? this.#feed : undefined;
  }

  status(): UplinkStatus {
    return {
      state: this.#welcome ? 'connected' : 'connecting',
      analyzer: this.#welcome?.analyzer,
      software: this.#welcome?.software,
      since: this.#since,
      clockOffsetMs: this.#beats.offsetMs,
      roundTripMs: this.#beats.roundTripMs,
      sentBytes: this.#link?.sentBytes ?? 0,
      receivedBytes: this.#link?.receivedBytes ?? 0,
    };
  }

  close(reason: string): void {
    if (!this.#isOver) this.#stop(reason);
  }

  message(message: FromAnalyzer): void {
    if (this.#isOver) return;
    this.#beats.heard();
    switch (message.kind) {
      case 'welcome':
        this.#welcomed(message);
        return;
      case 'refusal': {
        const { code, isFinal } = message;
        this.#over({ code, message: message.message, isFinal });
        return;
      }
      case 'ack':
        this.feed?.acked(message);
        return;
      case 'beat':
        this.#beats.take(message);
        return;
      case 'ask':
        this.#answers?.ask(message);
        return;
      case 'cancel':
        this.#answers?.cancel(message.id);
        return;
    }
  }

  drained(): void {
    this.#answers?.drained();
    this.feed?.pump();
  }

  closed(reason: string): void {
    this.#over({ code: 'lost', message: reason, isFinal: false });
  }

  async #dial(): Promise<void> {
    try {
      const link = await this.#parts.dialer.dial(this.#dialing.signal);
      if (this.#isOver) {
        link.close('not wanted any more');
        return;
      }
      this.#link = link;
      this.#answers = new Answers(this.#parts.handlers, link, this.#parts.count);
      this.#feed = this.#parts.feed(link);
      link.listen(this);
      link.send(this.#parts.hello());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof DialRefusal) this.#over({ code: error.code, message, isFinal: true });
      else this.#over({ code: 'lost', message, isFinal: false });
    }
  }

  #welcomed(welcome: Welcome): void {
    const { hello, clock } = this.#parts;
    const { min, max } = hello().versions;
    if (this.#welcome) {
      this.#over({ code: 'protocol', message: 'welcomed twice', isFinal: false });
      return;
    }
    if (welcome.version < min || welcome.version > max) {
      const message = `${this.#parts.dialer.name} speaks version ${welcome.version} of the protocol, this agent ${min} to ${max}`;
      this.#over({ code: 'version', message, isFinal: true });
      return;
    }
    this.#cancelPatience();
    this.#welcome = welcome;
    this.#since = clock.now();
    this.#beats.read({ sentAt: welcome.echo, receivedAt: welcome.sentAt, answeredAt: welcome.sentAt });
    this.#beats.answer(welcome.sentAt);
    this.#beats.start();
    this.#beats.say();
    this.#parts.welcomed(welcome);
    this.#feed?.welcomed(welcome);
  }

  #impatient(): void {
    const what = this.#link ? 'no welcome' : 'no connection';
    this.#over({ code: 'lost', message: `${what} within ${PATIENCE_MS / 1000} s`, isFinal: false });
  }

  #over(end: End): void {
    if (this.#isOver) return;
    this.#stop(end.message);
    this.#parts.ended(end);
  }

  #stop(reason: string): void {
    this.#isOver = true;
    this.#cancelPatience();
    this.#dialing.abort();
    this.#beats.stop();
    this.#feed?.stop();
    this.#answers?.stop();
    this.#link?.close(reason);
  }
}
