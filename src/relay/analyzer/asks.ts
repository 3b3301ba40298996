/** What this analyzer asks of one agent, over one connection: answers come in parts, to whoever waits for them. */
import type { Clock } from '../../std/clock.ts';
import { Mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { type AskLane, laneOf } from '../ask-lanes.ts';
import type { ReplyPart } from '../fleet/fleet.ts';
import type { AnalyzerLink } from '../link.ts';
import type { Reply } from '../message.ts';
import { Turns } from './turns.ts';

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Between two parts. */
  readonly timeoutMs?: number | undefined;
}

/** Of one answer, not read yet. */
const PARTS_MAX = 10_000;
const TIMEOUT_MS = 10_000;

export class Asks {
  readonly #link: AnalyzerLink;
  readonly #clock: Clock;
  /** For sentences. */
  readonly #name: string;
  readonly #running = new Map<number, Answer>();
  readonly #turns = new Turns();
  #last = 0;
  #endReason: string | undefined;

  constructor(link: AnalyzerLink, clock: Clock, name: string) {
    this.#link = link;
    this.#clock = clock;
    this.#name = name;
  }

  get running(): number {
    return this.#running.size;
  }

  async *ask(
    what: string,
    body: unknown,
    { signal, timeoutMs = TIMEOUT_MS }: AskOptions = {},
  ): AsyncGenerator<ReplyPart> {
    if (this.#endReason !== undefined) throw this.#unavailable(this.#endReason);
    const lane = laneOf(what);
    const turn = this.#turns.enter(lane, signal);
    if (turn === false)
      throw this.#unavailable(`${lane.most} ${lane.name} are under way already, of which it does no more at a time`);
    if (turn !== undefined) await turn;
    const id = ++this.#last;
    const answer = new Answer(lane);
    this.#running.set(id, answer);
    const abort = () => answer.end(new Error('called off'));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      if (this.#endReason !== undefined) throw this.#unavailable(this.#endReason);
      this.#link.send({ kind: 'ask', id, what, body });
      for (;;) {
        const late = this.#clock.after(timeoutMs, () =>
          answer.end(this.#unavailable(`no answer within ${timeoutMs / 1000} s`)),
        );
        const reply = await answer.next();
        late();
        if (reply.fault) throw faultOf(reply.fault);
        const { body: said, flows, bytes, isLast } = reply;
        if (said !== undefined || flows || bytes)
          yield {
            ...(said === undefined ? {} : { body: said }),
            ...(flows ? { flows } : {}),
            ...(bytes ? { bytes } : {}),
          };
        if (isLast) {
          answer.isOver = true;
          return;
        }
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#running.delete(id);
      this.#turns.leave(lane);
      if (!answer.isOver && this.#endReason === undefined) this.#link.send({ kind: 'cancel', id });
    }
  }

  /** Of so many bytes. */
  take(reply: Reply, bytes: number): void {
    const answer = this.#running.get(reply.id);
    // Nobody waits any more: it crossed the cancel.
    if (!answer) return;
    if (answer.waiting >= PARTS_MAX) answer.end(this.#unavailable(`more than ${PARTS_MAX} parts of its answer wait`));
    else if (answer.waitingBytes + bytes > answer.lane.bytesMax)
      answer.end(this.#unavailable(`more than ${answer.lane.bytesMax / 1024 / 1024} MiB of its answer wait`));
    else answer.put(reply, bytes);
  }

  /** The connection has ended. */
  stop(reason: string): void {
    this.#endReason = reason;
    for (const answer of this.#running.values()) answer.end(this.#unavailable(reason));
    this.#turns.stop(this.#unavailable(reason));
  }

  #unavailable(reason: string): Unavailable {
    return new Unavailable(`agent ${this.#name}`, `an answer (${reason})`);
  }
}

class Answer {
  readonly lane: AskLane;
  readonly #parts: { readonly reply: Reply; readonly bytes: number }[] = [];
  #waitingBytes = 0;
  #error: Error | undefined;
  #wake: () => void = () => undefined;
  isOver = false;

  constructor(lane: AskLane) {
    this.lane = lane;
  }

  get waiting(): number {
    return this.#parts.length;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** What comes after its end is of no use to anybody. */
  put(reply: Reply, bytes: number): void {
    if (this.#error) return;
    this.#waitingBytes += bytes;
    this.#parts.push({ reply, bytes });
    this.#wake();
  }

  end(error: Error): void {
    this.#error ??= error;
    this.#wake();
  }

  async next(): Promise<Reply> {
    for (;;) {
      const next = this.#parts.shift();
      if (next) {
        const { reply, bytes } = next;
        this.#waitingBytes -= bytes;
        if (reply.isLast) this.isOver = true;
        return reply;
      }
      if (this.#error) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function faultOf({ code, message, hint }: NonNullable<Reply['fault']>): Error {
  if (code === 'relay.unavailable' || code === 'relay.busy') return new Unavailable(message, hint ?? 'another try');
  return new Mistake([hint === undefined ? { code, message } : { code, message, hint }]);
}
