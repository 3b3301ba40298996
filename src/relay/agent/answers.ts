/** Answers what analyzers ask: some at a time, each in parts, no faster than the link takes them, until nobody waits any more. */
import { Mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { AGENTS_ROOM, type AskLane, laneOf } from '../ask-lanes.ts';
import type { ReplyPart } from '../fleet/fleet.ts';
import type { AgentLink } from '../link.ts';
import type { Ask, Reply } from '../message.ts';
import type { AskHandlers } from './ask-handlers.ts';

export interface AnswersCount {
  /** Since the start. */
  asked: number;
  refused: number;
  failed: number;
}

/** Above this much on its way an answer waits. */
const BUFFERED_MAX = 1024 * 1024;

export class Answers {
  readonly #handlers: AskHandlers;
  readonly #link: AgentLink;
  readonly #count: AnswersCount;
  readonly #running = new Map<number, AbortController>();
  readonly #inLane = new Map<AskLane, number>();
  readonly #waiting = new Set<() => void>();

  constructor(handlers: AskHandlers, link: AgentLink, count: AnswersCount) {
    this.#handlers = handlers;
    this.#link = link;
    this.#count = count;
  }

  ask({ id, what, body }: Ask): void {
    this.#count.asked++;
    const handler = Object.hasOwn(this.#handlers, what) ? this.#handlers[what] : undefined;
    if (!handler) this.#refuse(id, 'relay.unknown-ask', `this agent cannot answer "${what}"`, 'a newer agent may');
    else if (this.#running.has(id)) this.#refuse(id, 'relay.asked-twice', `ask ${id} is being answered already`);
    else {
      const lane = laneOf(what);
      const most = lane.most * AGENTS_ROOM;
      const others = this.#inLane.get(lane) ?? 0;
      if (others >= most) {
        this.#refuse(id, 'relay.busy', `${most} ${lane.name} are under way already`, 'try again later');
        return;
      }
      this.#inLane.set(lane, others + 1);
      const controller = new AbortController();
      this.#running.set(id, controller);
      void this.#answer(id, controller.signal, () => handler(body, controller.signal)).finally(() =>
        this.#inLane.set(lane, (this.#inLane.get(lane) ?? 0) - 1),
      );
    }
  }

  cancel(id: number): void {
    this.#running.get(id)?.abort();
    this.drained();
  }

  drained(): void {
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /** The link has ended. */
  stop(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.drained();
  }

  async #answer(id: number, signal: AbortSignal, start: () => AsyncIterable<ReplyPart> | Promise<ReplyPart>) {
    try {
      const parts = start();
      if (Symbol.asyncIterator in parts) {
        for await (const part of parts) {
          if (signal.aborted) break;
          this.#send({ kind: 'reply', id, isLast: false, ...part });
          while (this.#link.bufferedBytes > BUFFERED_MAX && !signal.aborted) await this.#room();
        }
        this.#send({ kind: 'reply', id, isLast: true });
      } else this.#send({ kind: 'reply', id, isLast: true, ...(await parts) });
    } catch (error) {
      if (!signal.aborted) this.#failed(id, error);
    } finally {
      this.#running.delete(id);
    }
  }

  #failed(id: number, error: unknown): void {
    this.#count.failed++;
    const fault = error instanceof Mistake ? error.faults[0] : undefined;
    const message = error instanceof Error ? error.message : String(error);
    const code = fault?.code ?? (error instanceof Unavailable ? 'relay.unavailable' : 'relay.failed');
    const hint = fault?.hint === undefined ? {} : { hint: fault.hint };
    this.#send({ kind: 'reply', id, isLast: true, fault: { code, message, ...hint } });
  }

  #refuse(id: number, code: string, message: string, hint?: string): void {
    this.#count.refused++;
    this.#send({
      kind: 'reply',
      id,
      isLast: true,
      fault: hint === undefined ? { code, message } : { code, message, hint },
    });
  }

  #send(reply: Reply): void {
    this.#link.send(reply);
  }

  #room(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }
}
