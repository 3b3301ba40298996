/**
 * The thread's side of the archive of sockets: a file of its own, opened when it is first asked for. Damage to it is
 * nothing to the others.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Socket } from '../../../ends/socket.ts';
import { Unavailable } from '../../../std/unavailable.ts';
import { openDatabase } from '../database.ts';
import { failureOf } from '../failure.ts';
import type { Reply, ThreadOptions } from '../protocol.ts';
import { isCorrupt } from '../sqliteerror.ts';
import { inTransaction } from '../transaction.ts';
import { SocketAging } from './aging.ts';
import { SocketAppends } from './appends.ts';
import type { SocketAnswer, SocketOrder, SocketSummary } from './ask.ts';
import { SocketReads } from './reads.ts';
import { socketSchema } from './schema.ts';

type Options = Pick<ThreadOptions, 'directory' | 'sockets' | 'isBeingMade'>;

export class SocketStore {
  readonly #options: Options;
  readonly #say: (reply: Reply) => void;
  readonly #file: string;
  readonly #notes: string[] = [];
  /** Go on in turns, a slice each. */
  readonly #jobs: { readonly call: number; readonly work: Generator<void, SocketAnswer> }[] = [];
  #open: Open | undefined;
  #keepAside: string | undefined;
  #aging: Generator<void> | undefined;

  constructor(options: Options, say: (reply: Reply) => void) {
    this.#options = options;
    this.#say = say;
    this.#file = join(options.directory, 'sockets.db');
  }

  get hasWork(): boolean {
    return this.#jobs.length > 0 || this.#aging !== undefined;
  }

  take(call: number, order: SocketOrder): void {
    this.#guard(call, () => {
      this.#open ??= this.#begin();
      const begun = this.#begun(order, this.#open);
      if (Symbol.iterator in begun) this.#jobs.push({ call, work: begun });
      else this.#say({ kind: 'sockets', call, answer: begun });
    });
  }

  /** A slice of one answer, and one of growing old. */
  goOn(): void {
    const job = this.#jobs.shift();
    if (job)
      this.#guard(job.call, () => {
        const { done, value } = job.work.next();
        if (done) this.#say({ kind: 'sockets', call: job.call, answer: value });
        else this.#jobs.push(job);
      });
    this.#grow();
  }

  close(): void {
    for (const { call } of this.#jobs.splice(0)) this.#fail(call, this.#goneError());
    this.#aging = undefined;
    this.#open?.db.close();
    this.#open = undefined;
  }

  /** The answer, or what goes on until there is one. */
  #begun(order: SocketOrder, { db, appends, reads, aging }: Open): SocketAnswer | Generator<void, SocketAnswer> {
    switch (order.kind) {
      case 'append': {
        const sockets = JSON.parse(order.sockets) as Socket[];
        this.#write(db, appends, () => appends.append(order, sockets));
        this.#aging ??= aging.due(performance.now());
        return {};
      }
      case 'closeLost':
        this.#write(db, appends, () => appends.closeLost());
        return {};
      case 'find':
        return reads.find(order.query);
      case 'prune':
        return answered(aging.before(order.before));
      case 'summary':
        return { summary: this.#summary(db) };
    }
  }

  #write(db: DatabaseSync, appends: SocketAppends, work: () => void): void {
    try {
      inTransaction(db, work);
    } catch (error) {
      appends.forget();
      throw error;
    }
  }

  #grow(): void {
    if (!this.#aging || !this.#open) return;
    try {
      if (this.#aging.next().done) this.#aging = this.#open.aging.due(performance.now());
    } catch (error) {
      // Nobody waits for it, and it is tried again after the next batch.
      this.#aging = undefined;
      if (isCorrupt(error)) this.#damaged(error as Error);
    }
  }

  #begin(): Open {
    const { sockets, isBeingMade } = this.#options;
    const { db, notes } = openDatabase(this.#file, {
      schema: socketSchema,
      maxBytes: sockets.maxBytes,
      isBeingMade,
      keepAside: this.#keepAside,
    });
    this.#keepAside = undefined;
    this.#notes.push(...notes);
    return {
      db,
      appends: new SocketAppends(db),
      reads: new SocketReads(db),
      aging: new SocketAging(db, sockets, Date.now),
    };
  }

  #summary(db: DatabaseSync): SocketSummary {
    let sizeBytes = 0;
    for (const part of ['', '-wal', '-shm'])
      sizeBytes += statSync(this.#file + part, { throwIfNoEntry: false })?.size ?? 0;
    const { first, last, sockets } = db.prepare('select first, last, sockets from state').get() as {
      first: number | null;
      last: number | null;
      sockets: number;
    };
    const range = first === null || last === null ? undefined : { from: first, to: last };
    return { sockets, sizeBytes, range, notes: this.#notes };
  }

  #guard(call: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #fail(call: number, error: unknown): void {
    const isDamage = isCorrupt(error);
    const told = isDamage ? this.#goneError() : error;
    this.#say({ kind: 'failed', call, failure: failureOf(told, this.#options.directory) });
    if (isDamage) this.#damaged(error as Error);
  }

  /** It is not read again: the next order begins a new file. */
  #damaged(error: Error): void {
    this.#keepAside = error.message;
    this.close();
  }

  #goneError(): Unavailable {
    return new Unavailable(`sockets in ${this.#options.directory}`, 'a file that can be read (it was closed)');
  }
}

function* answered(work: Generator<void>): Generator<void, SocketAnswer> {
  yield* work;
  return {};
}

interface Open {
  readonly db: DatabaseSync;
  readonly appends: SocketAppends;
  readonly reads: SocketReads;
  readonly aging: SocketAging;
}
