/**
 * Between the table of sockets, which never waits, and the archive, which may have to. A short socket is written once,
 * when it closed; one that stays is written when it has stayed, too. What finds no room is counted, never silently gone.
 */
import type { Socket } from '../ends/socket.ts';
import type { SocketListener } from '../ends/socket-table.ts';
import type { Clock } from '../std/clock.ts';
import type { SocketArchive, SocketBatch } from './archive.ts';
import { batchId } from './batchid.ts';
import { Sending } from './sending.ts';

export interface SocketWriterOptions {
  readonly archive: Pick<SocketArchive, 'append'>;
  /** Different for each start of the process. */
  readonly writerId: string;
  /** One that is open, as it is now. */
  readonly get: (id: string) => Socket | undefined;
  readonly clock: Clock;
  readonly random?: () => number;
  /** How long the first socket waits for company. */
  readonly gatherMs?: number;
  /** Open for longer it is written while it is open. */
  readonly stayMs?: number;
  readonly batchMax?: number;
  /** Sockets that may wait, about 500 bytes each. */
  readonly queuedMax?: number;
}

export interface SocketWriterStatus {
  readonly queued: number;
  readonly written: number;
  readonly failures: number;
  /** What could not be kept. */
  readonly lost: number;
  /** Sentences for people; empty when all is well. */
  readonly notes: readonly string[];
}

export class SocketWriter implements SocketListener {
  readonly #options: Required<Pick<SocketWriterOptions, 'stayMs' | 'batchMax' | 'queuedMax'>> & SocketWriterOptions;
  readonly #sending: Sending<SocketBatch>;
  /** Those that may stay, in the order of their opening. */
  #young: { readonly id: string; readonly dueMs: number }[] = [];
  #firstYoung = 0;
  #queue: Socket[] = [];
  /** A sign of life is wanted, even without news. */
  #mustBeat = false;
  #taken = 0;
  #pushed = 0;
  #settled = 0;
  #batches = 0;
  #written = 0;
  #lost = 0;

  constructor(options: SocketWriterOptions) {
    const { archive, writerId, clock, random, gatherMs = 500 } = options;
    const { stayMs = 10_000, batchMax = 2_000, queuedMax = 50_000 } = options;
    this.#options = { ...options, stayMs, batchMax, queuedMax };
    const writer = this;
    this.#sending = new Sending(
      {
        queue: {
          settle: () => this.#settle(),
          get pushed() {
            return writer.#pushed;
          },
          get settled() {
            return writer.#settled;
          },
          get isEmpty() {
            return writer.#queue.length === 0 && !writer.#mustBeat;
          },
          get hasBatch() {
            return writer.#queue.length >= batchMax;
          },
        },
        take: () => this.#take(writerId),
        append: (batch) => archive.append(batch),
        kept: ({ sockets }) => {
          this.#written += sockets.length;
        },
        lose: ({ sockets }) => {
          this.#lost += sockets.length;
        },
        giveUp: () => {
          this.#lost += this.#queue.splice(0).length;
        },
      },
      { clock, random, gatherMs },
    );
  }

  opened({ id }: Socket): void {
    this.#young.push({ id, dueMs: this.#options.clock.now() + this.#options.stayMs });
  }

  closed(socket: Socket): void {
    this.#push(socket);
  }

  /** From time to time: those that have stayed are written, and a sign of life. */
  beat(): void {
    const now = this.#options.clock.now();
    for (; this.#firstYoung < this.#young.length; this.#firstYoung++) {
      const { id, dueMs } = this.#young[this.#firstYoung] as { id: string; dueMs: number };
      if (dueMs > now) break;
      const socket = this.#options.get(id);
      if (socket) this.#push(socket);
    }
    this.#young = this.#young.slice(this.#firstYoung);
    this.#firstYoung = 0;
    if (this.#queue.length === 0 && !this.#mustBeat) {
      this.#mustBeat = true;
      this.#pushed++;
    }
    this.#sending.schedule();
  }

  /** Resolves when everything so far is kept (or counted as lost); rejects while the archive is away. */
  flushed(): Promise<void> {
    return this.#sending.flushed();
  }

  status(): SocketWriterStatus {
    const { failures, lastError, batch } = this.#sending;
    const notes: string[] = [];
    if (lastError) notes.push(`sockets are not written for now: ${lastError.message}`);
    if (this.#lost > 0) notes.push(`lost for lack of room or refused: ${this.#lost} sockets`);
    const queued = this.#queue.length + (batch?.sockets.length ?? 0);
    return { queued, written: this.#written, failures, lost: this.#lost, notes };
  }

  /** Writes what waits, for a few seconds at most. */
  stop(): Promise<void> {
    this.beat();
    return this.#sending.stop();
  }

  #push(socket: Socket): void {
    this.#queue.push(socket);
    this.#pushed++;
    const { queuedMax } = this.#options;
    if (this.#queue.length > queuedMax) {
      const gone = this.#queue.splice(0, Math.ceil(queuedMax / 10)).length;
      this.#lost += gone;
      this.#settled += gone;
    }
    this.#sending.schedule();
  }

  #take(writerId: string): SocketBatch | undefined {
    if (this.#queue.length === 0 && !this.#mustBeat) return undefined;
    const sockets = this.#queue.splice(0, this.#options.batchMax);
    this.#taken = sockets.length + (this.#mustBeat ? 1 : 0);
    this.#mustBeat = false;
    return { id: batchId(writerId, ++this.#batches), time: this.#options.clock.now(), sockets };
  }

  #settle(): void {
    this.#settled += this.#taken;
    this.#taken = 0;
  }
}
