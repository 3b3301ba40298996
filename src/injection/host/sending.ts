/** Sends the packets of one injection when they are due, and keeps what is heard until it is known what was sent. */
import type { SendSocket } from '../../native/injection.ts';
import type { Clock } from '../../std/clock.ts';
import { pause } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Heard } from '../answers/batch.ts';
import type { AnswerBook, Stranger } from '../answers/book.ts';
import type { MeetBound } from '../bounds.ts';
import type { Order } from '../order.ts';
import { records } from './records.ts';
import { filtered, isFiltered, isFull, refusal } from './refusal.ts';
import type { Schedule } from './schedule.ts';
import { type SendingShare, TOGETHER } from './share.ts';

export interface SendingParts {
  readonly order: Order;
  readonly sender: SendSocket;
  readonly schedule: Schedule;
  readonly book: AnswerBook | undefined;
  readonly share: SendingShare;
  readonly met: MeetBound;
  /** Whether an answer from another address is one: undefined where nobody asks. */
  readonly isAnswerer?: (stranger: Stranger) => Promise<boolean>;
  readonly clock: Clock;
  readonly elapsed: () => number;
}

/** Given to the kernel at a time. */
export const TOGETHER_MAX = 256;
const TOGETHER_BYTES_MAX = 256 * 1024;
/** A full device is tried again after this, and given up after that. */
const FULL_MS = 2;
export const FULL_MS_MAX = 5_000;
/** Where others have what may be sent, it is looked at again so soon; it is told when that made it so late. */
const SHARED_MS = 5;
const LATE_MS = 1_000;
/** Answers that came while packets were on their way. */
export const EARLY_MAX = 4_096;
/** Answers from other addresses that are asked about. */
export const ASKED_MAX = 256;

export class Sending {
  readonly #parts: SendingParts;
  #early: Heard[] = [];
  #isSending = false;
  #isHeld = false;
  readonly #asked = new Set<Promise<void>>();
  sent = 0;
  sentBytes = 0;
  /** What went wrong, and did not end it. */
  trouble: string | undefined;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  /** Until all are sent, or the signal aborts. Rejects with Unavailable. */
  async run(signal: AbortSignal): Promise<void> {
    const { schedule, clock, elapsed } = this.#parts;
    const begin = elapsed();
    for (let index = 0; index < schedule.count && !signal.aborted; ) {
      const waitMs = schedule.dueMs(index) - (elapsed() - begin);
      if (waitMs > 0) {
        await pause(clock, Math.max(1, waitMs), signal);
        continue;
      }
      const packets = this.#together(index, elapsed() - begin);
      if (packets.length === 0) await pause(clock, SHARED_MS, signal);
      else index = await this.#sendFrom(index, packets, signal);
    }
    const lateMs = elapsed() - begin - schedule.dueMs(schedule.count - 1);
    if (this.#isHeld && lateMs > LATE_MS && !signal.aborted) {
      this.#parts.met('late');
      this.trouble ??= `${Math.round(lateMs / 1_000)} s late: all injections of a host together send ${TOGETHER} times what one may`;
    }
  }

  /** An answer may come before it is known when its packet was sent. */
  heard(heard: Heard): void {
    if (!this.#isSending) this.#take(heard);
    else if (this.#early.length < EARLY_MAX) this.#early.push(heard);
    else {
      this.#parts.met('early-answers');
      this.trouble ??= `more than ${EARLY_MAX} answers at once: further ones were not counted`;
    }
  }

  /** Resolves when it is known of all that were heard until now whose they are. */
  async settled(): Promise<void> {
    await Promise.all(this.#asked);
  }

  /** Those that are due. */
  #together(from: number, nowMs: number): Uint8Array[] {
    const { schedule, share, met } = this.#parts;
    const packets: Uint8Array[] = [];
    let bytes = 0;
    for (let index = from; index < schedule.count && schedule.dueMs(index) <= nowMs; index++) {
      if (packets.length >= TOGETHER_MAX || bytes > TOGETHER_BYTES_MAX) {
        met('batch');
        break;
      }
      if (!share.take()) {
        this.#isHeld = true;
        met('share');
        break;
      }
      const packet = schedule.packet(index);
      bytes += packet.length;
      packets.push(packet);
    }
    return packets;
  }

  /** Gives the index of the next. */
  async #sendFrom(from: number, packets: readonly Uint8Array[], signal: AbortSignal): Promise<number> {
    const { clock, elapsed, met, order, sender } = this.#parts;
    let fullSince: number | undefined;
    for (let done = 0; done < packets.length; ) {
      if (signal.aborted) return from + done;
      this.#isSending = true;
      const { sent, times, code } = await sender.send(records(packets.slice(done)));
      const view = new DataView(times.buffer, times.byteOffset, times.length);
      for (let at = 0; at < sent; at++) {
        this.#parts.book?.sent(view.getBigUint64(at * 8, true));
        this.sentBytes += packets[done + at]?.length ?? 0;
      }
      this.sent += sent;
      done += sent;
      this.#isSending = false;
      this.#takeEarly();
      if (sent > 0) fullSince = undefined;
      if (code === undefined) continue;
      if (isFiltered(code)) {
        this.trouble ??= filtered(code);
        // Its number is its own all the same.
        this.#parts.book?.sent(BigInt(Math.trunc(clock.now())) * 1_000_000n);
        done++;
      } else if (isFull(code)) {
        fullSince ??= elapsed();
        met('full');
        if (elapsed() - fullSince > FULL_MS_MAX) {
          met('full-for-long');
          throw new Unavailable(`${order.interfaceName} takes no packets (${code})`, 'room in its queue');
        }
        await pause(clock, FULL_MS, signal);
      } else throw refusal(code, order.interfaceName, packets[done]?.length ?? 0);
    }
    return from + packets.length;
  }

  #takeEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const heard of early) this.#take(heard);
  }

  #take(heard: Heard): void {
    const { book, isAnswerer, met } = this.#parts;
    if (book === undefined || book.take(heard) || isAnswerer === undefined) return;
    const stranger = book.stranger(heard.packet);
    if (stranger === undefined) return;
    if (this.#asked.size >= ASKED_MAX) {
      met('asked-answers');
      this.trouble ??= `more than ${ASKED_MAX} answers from other addresses at once: further ones were not counted`;
      return;
    }
    const asked = isAnswerer(stranger).then((isIts) => {
      this.#asked.delete(asked);
      if (isIts) book.take(heard, true);
    });
    this.#asked.add(asked);
  }
}
