/**
 * Requests and answers over one netlink socket, one at a time in the order asked. The socket must be this
 * conversation's alone: what answers nothing that was asked is counted in `strays` and dropped.
 */
import type { NetlinkSocket } from './door.ts';
import { Dump, type DumpTurn } from './dump.ts';
import { NetlinkError, refusal } from './netlink_error.ts';
import { HEADER_BYTES, LITTLE, type Message, messages, NLM_F, NLMSG } from './nlmsg.ts';

/** Requests waiting for their turn; one more is refused with EBUSY. */
const WAITING_MAX = 4096;
const ATTEMPTS = 4;
/** The longest interval a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

export class Conversation {
  /** Messages that answered nothing, and bytes that were no message. */
  strays = 0;
  #socket: NetlinkSocket;
  #sequence = 0;
  #current: Turn | undefined;
  #waiting: Turn[] = [];
  #closed = false;
  #alive: NodeJS.Timeout | undefined;

  constructor(socket: NetlinkSocket) {
    this.#socket = socket;
    socket.onBatch((batch, overrun) => this.#hear(batch, overrun));
  }

  /**
   * Sends a message (sequence, port id, NLM_F_REQUEST and, unless it asks for a dump, NLM_F_ACK are set on a copy)
   * and gathers what is answered until the ACK or NLMSG_DONE, each message whole with its header: windows on the batches
   * they came in.
   * Rejects with NetlinkError: what the kernel refused with its own words, ENOBUFS when an answer was lost,
   * EINTR when a dump is not of one moment, EBADF after close().
   */
  request(message: Uint8Array): Promise<Uint8Array[]> {
    return new Promise((resolve, reject) => {
      const answers: Uint8Array[] = [];
      this.#enqueue({
        message,
        hear: (run) => {
          for (const { bytes } of messages(run)) answers.push(bytes);
        },
        end: (error, interrupted) => {
          if (error) reject(error);
          else if (interrupted) reject(new NetlinkError(attemptOf(message), EINTR, 'the table changed meanwhile'));
          else resolve(answers);
        },
      });
    });
  }

  /** Dumps as the kernel tells; whether it is of one moment shows in `interrupted` at the end. Ask each only once. */
  dump(message: Uint8Array): Dump {
    return new Dump(message, (turn) => {
      this.#enqueue(turn);
      return () => this.#forget(turn);
    });
  }

  /**
   * A whole dump of one moment: begun anew, up to `attempts` times, when the table changed meanwhile or something was
   * lost. `interrupted` when the last attempt still was not of one moment. Rejects like request().
   */
  async dumpAll(message: Uint8Array, attempts = ATTEMPTS): Promise<WholeDump> {
    for (let attempt = 1; ; attempt++) {
      const batches: Uint8Array[] = [];
      const dump = this.dump(message);
      try {
        for await (const batch of dump) batches.push(batch);
      } catch (error) {
        if (attempt < attempts && isPassing(error)) continue;
        throw error;
      }
      if (!dump.interrupted || attempt >= attempts) return { batches, interrupted: dump.interrupted };
    }
  }

  /** Idempotent. Closes the socket; what is under way or waiting is rejected with EBADF. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    const left = [this.#current, ...this.#waiting];
    this.#current = undefined;
    this.#waiting = [];
    this.#keepAlive(false);
    for (const turn of left) turn?.end(closedError(turn.message), false);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #enqueue(turn: DumpTurn): void {
    const { message } = turn;
    const refused = this.#refuse(message);
    if (refused) {
      turn.end(refused, false);
      return;
    }
    this.#waiting.push({ ...turn, key: turn, sequence: 0, isDump: false, interrupted: false, lost: false });
    if (!this.#current) this.#next();
  }

  #refuse(message: Uint8Array): NetlinkError | undefined {
    if (message.length < HEADER_BYTES) return new NetlinkError('netlink message without header', EINVAL);
    if (this.#closed) return closedError(message);
    if (this.#waiting.length >= WAITING_MAX) return new NetlinkError(attemptOf(message), EBUSY, 'too many are waiting');
    return undefined;
  }

  #next(): void {
    this.#current = this.#waiting.shift();
    const turn = this.#current;
    this.#keepAlive(turn !== undefined);
    if (!turn) return;
    this.#sequence = (this.#sequence + 1) >>> 0 || 1; // 0 is what the kernel numbers its events with
    turn.sequence = this.#sequence;
    const message = turn.message.slice();
    const view = new DataView(message.buffer);
    const flags = view.getUint16(6, LITTLE);
    turn.isDump = (flags & NLM_F.dump) === NLM_F.dump;
    view.setUint16(6, flags | NLM_F.request | (turn.isDump ? 0 : NLM_F.ack), LITTLE);
    view.setUint32(8, turn.sequence, LITTLE);
    view.setUint32(12, this.#socket.portId, LITTLE);
    this.#socket.send(message).catch((error: Error) => this.#end(turn, error));
  }

  /** An open socket alone lets the process end; one that owes us an answer does not. */
  #keepAlive(isOwed: boolean): void {
    if (isOwed) this.#alive ??= setInterval(() => {}, LONGEST_MS);
    else if (this.#alive !== undefined) {
      clearInterval(this.#alive);
      this.#alive = undefined;
    }
  }

  #hear(batch: Uint8Array, overrun: boolean): void {
    if (overrun) this.#lose();
    const walk = messages(batch);
    let step = walk.next();
    // Messages of one turn are handed on together: a run of the batch from `start` to `end`.
    let start = 0;
    let end = 0;
    const handOn = () => {
      if (end > start) this.#current?.hear(batch.subarray(start, end));
    };
    for (; !step.done; step = walk.next()) {
      const message = step.value;
      const turn = this.#current;
      const isOurs = turn !== undefined && message.sequence === turn.sequence;
      if (isOurs && message.flags & NLM_F.dumpInterrupted && turn.isDump) turn.interrupted = true;
      if (isOurs && message.type > NLMSG.overrun) {
        if (end === start) start = message.from;
        end = message.from + message.length;
        continue;
      }
      handOn();
      start = end = 0;
      if (isOurs) this.#control(turn, message);
      else this.strays++;
    }
    handOn();
    if (step.value > 0) this.strays++;
  }

  #control(turn: Turn, message: Message): void {
    if (message.type === NLMSG.noop || message.type === NLMSG.overrun) return;
    const kind = message.type === NLMSG.done ? 'done' : 'error';
    this.#end(turn, refusal(attemptOf(turn.message), message, kind));
  }

  /**
   * Answers were dropped. A dump goes on in the kernel to its NLMSG_DONE, which is never dropped (netlink_dump()); the
   * answer to anything else will not come any more.
   */
  #lose(): void {
    const turn = this.#current;
    if (!turn) return;
    if (turn.isDump) turn.lost = true;
    else this.#end(turn, lostError(turn.message));
  }

  #end(turn: Turn, error: Error | undefined): void {
    if (this.#current !== turn) return;
    this.#current = undefined;
    turn.end(error ?? (turn.lost ? lostError(turn.message) : undefined), turn.interrupted);
    if (!this.#current && !this.#closed) this.#next();
  }

  /** Nobody listens any more: out of the line, or, when it is its turn, heard to its end in silence. */
  #forget(key: DumpTurn): void {
    this.#waiting = this.#waiting.filter((turn) => turn.key !== key);
    if (this.#current?.key !== key) return;
    this.#current.hear = () => {};
    this.#current.end = () => {};
  }
}

export interface WholeDump {
  readonly batches: readonly Uint8Array[];
  readonly interrupted: boolean;
}

interface Turn extends DumpTurn {
  readonly key: DumpTurn;
  sequence: number;
  isDump: boolean;
  interrupted: boolean;
  lost: boolean;
}

const EINTR = 4;
const EBADF = 9;
const EBUSY = 16;
const EINVAL = 22;
const ENOBUFS = 105;

function attemptOf(message: Uint8Array): string {
  const type = new DataView(message.buffer, message.byteOffset).getUint16(4, LITTLE);
  return `netlink request of type ${type}`;
}

function closedError(message: Uint8Array): NetlinkError {
  return new NetlinkError(attemptOf(message), EBADF, 'closed');
}

function lostError(message: Uint8Array): NetlinkError {
  return new NetlinkError(attemptOf(message), ENOBUFS, 'an answer was lost');
}

function isPassing(error: unknown): boolean {
  return error instanceof NetlinkError && (error.errno === ENOBUFS || error.errno === EINTR || error.errno === EBUSY);
}
