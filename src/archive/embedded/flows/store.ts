/**
 * The thread's side of the archive of flows: a file of its own beside the graph's, opened when it is first asked for.
 * Damage to one of the two files is nothing to the other.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Unavailable } from '../../../std/unavailable.ts';
import { openDatabase } from '../database.ts';
import { failureOf } from '../failure.ts';
import type { Reply, ThreadOptions } from '../protocol.ts';
import { isCorrupt } from '../sqliteerror.ts';
import { Aging } from './aging.ts';
import { FlowAppends } from './appends.ts';
import type { FlowAnswer, FlowOrder, FlowSummary } from './ask.ts';
import { FlowReads } from './reads.ts';
import { flowSchema } from './schema.ts';
import { TotalsRow } from './totals.ts';

/**
 * Flows and packets in one transaction while an archive is being made: ids are random numbers, so each writes nearly all
 * pages of their index, however small it is.
 */
const MADE_ROWS_MAX = 65_536;

export class FlowStore {
  readonly #options: Pick<ThreadOptions, 'directory' | 'flows' | 'isBeingMade'>;
  readonly #say: (reply: Reply, memory: ArrayBuffer[]) => void;
  readonly #file: string;
  readonly #notes: string[] = [];
  /** Go on in turns, a slice each. */
  readonly #jobs: Job[] = [];
  #open: Open | undefined;
  #keepAside: string | undefined;
  #aging: Generator<void> | undefined;
  #uncommitted = 0;

  constructor(
    options: Pick<ThreadOptions, 'directory' | 'flows' | 'isBeingMade'>,
    say: (reply: Reply, memory: ArrayBuffer[]) => void,
  ) {
    this.#options = options;
    this.#say = say;
    this.#file = join(options.directory, 'flows.db');
  }

  get hasWork(): boolean {
    return this.#jobs.length > 0 || this.#aging !== undefined;
  }

  take(call: number, order: FlowOrder): void {
    try {
      this.#open ??= this.#begin();
      const begun = this.#begun(order, this.#open);
      if (Symbol.iterator in begun) this.#jobs.push({ call, work: begun });
      else this.#answer(call, begun);
    } catch (error) {
      this.#fail(call, error);
    }
  }

  /** A slice of one answer, and one of growing old. */
  goOn(): void {
    const job = this.#jobs.shift();
    if (job) {
      try {
        const { done, value } = job.work.next();
        if (done) this.#answer(job.call, value);
        else this.#jobs.push(job);
      } catch (error) {
        this.#fail(job.call, error);
      }
    }
    if (this.#open) this.#grow(this.#open);
  }

  close(): void {
    for (const { call } of this.#jobs.splice(0)) this.#fail(call, this.#goneError());
    this.#aging = undefined;
    if (this.#open?.db.isTransaction) this.#commit(this.#open.db);
    this.#open?.db.close();
    this.#open = undefined;
  }

  /** The answer, or what goes on until there is one. */
  #begun(order: FlowOrder, { db, appends, reads, aging, totals }: Open): FlowAnswer | Generator<void, FlowAnswer> {
    switch (order.kind) {
      case 'append':
        if (!db.isTransaction) db.exec('begin immediate');
        try {
          appends.append(order.batch);
          this.#uncommitted += order.batch.flows.count + order.batch.packets.count;
          if (!this.#options.isBeingMade || this.#uncommitted >= MADE_ROWS_MAX) this.#commit(db);
        } catch (error) {
          if (db.isTransaction) db.exec('rollback');
          this.#uncommitted = 0;
          appends.forget();
          throw error;
        }
        if (!db.isTransaction) this.#aging ??= aging.due(performance.now());
        return {};
      case 'find':
        return reads.find(order.ask);
      case 'count':
        return reads.count(order.time, order.where);
      case 'metrics':
        return reads.metrics(order.names, order.span);
      case 'packets':
        return reads.packets(order.uuids, order.span);
      case 'losses':
        return reads.losses(order.span);
      case 'dumpLosses':
        return reads.dumpLosses(order.after, order.rowsMax);
      case 'prune':
        return answered(aging.before(order.before));
      case 'summary':
        return { summary: this.#summary(totals, db) };
    }
  }

  #commit(db: DatabaseSync): void {
    db.exec('commit');
    this.#uncommitted = 0;
  }

  #grow({ aging }: Open): void {
    if (!this.#aging) return;
    try {
      if (this.#aging.next().done) this.#aging = aging.due(performance.now());
    } catch (error) {
      // Nobody waits for it, and it is tried again later.
      this.#aging = undefined;
      aging.rest(performance.now());
      if (isCorrupt(error)) this.#damaged(error as Error);
    }
  }

  #begin(): Open {
    const { directory, flows, isBeingMade } = this.#options;
    const { maxBytes, ages } = flows;
    const { db, notes } = openDatabase(join(directory, 'flows.db'), {
      schema: flowSchema,
      maxBytes,
      isBeingMade,
      keepAside: this.#keepAside,
    });
    this.#keepAside = undefined;
    this.#notes.push(...notes);
    const totals = new TotalsRow(db);
    return {
      db,
      totals,
      appends: new FlowAppends(db, totals),
      reads: new FlowReads(db),
      aging: new Aging(db, totals, { ages, maxBytes, now: Date.now }),
    };
  }

  #summary({ now }: TotalsRow, db: DatabaseSync): FlowSummary {
    // What is not committed yet is in no file.
    let sizeBytes = db.isTransaction ? this.#uncommittedBytes(db) : 0;
    for (const part of ['', '-wal', '-shm'])
      sizeBytes += statSync(this.#file + part, { throwIfNoEntry: false })?.size ?? 0;
    return {
      flows: now.flows,
      points: now.points,
      rawPackets: now.packets,
      sizeBytes,
      range: now.first === null || now.last === null ? undefined : { from: now.first, to: now.last },
      notes: this.#notes,
    };
  }

  #uncommittedBytes(db: DatabaseSync): number {
    const { bytes } = db
      .prepare('select page_count * page_size as bytes from pragma_page_count, pragma_page_size')
      .get() as { bytes: number };
    return Math.max(0, bytes - (statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0));
  }

  #answer(call: number, answer: FlowAnswer): void {
    const runs = [answer.flows?.bytes, answer.metrics, answer.packets?.bytes];
    this.#say(
      { kind: 'flows', call, answer },
      runs.flatMap((run) => run?.buffer ?? []),
    );
  }

  #fail(call: number, error: unknown): void {
    const isDamage = isCorrupt(error);
    const told = isDamage ? this.#goneError() : error;
    this.#say({ kind: 'failed', call, failure: failureOf(told, this.#options.directory) }, []);
    if (isDamage) this.#damaged(error as Error);
  }

  /** It is not read again: the next order begins a new file. */
  #damaged(error: Error): void {
    this.#keepAside = error.message;
    this.close();
  }

  #goneError(): Unavailable {
    return new Unavailable(`flows in ${this.#options.directory}`, 'a file that can be read (it was closed)');
  }
}

function* answered(work: Generator<void, number>): Generator<void, FlowAnswer> {
  yield* work;
  return {};
}

interface Open {
  readonly db: DatabaseSync;
  readonly totals: TotalsRow;
  readonly appends: FlowAppends;
  readonly reads: FlowReads;
  readonly aging: Aging;
}

interface Job {
  readonly call: number;
  readonly work: Generator<void, FlowAnswer>;
}
