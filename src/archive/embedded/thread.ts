/**
 * The archive's thread: SQLite is synchronous, so it lives here. Appends go first, all that wait in one transaction;
 * long reads and pruning go on between them, a slice at a time.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Appends } from './appends.ts';
import { openDatabase, openReader } from './database.ts';
import { failureOf } from './failure.ts';
import { FlowStore } from './flows/store.ts';
import { lockDirectory } from './lock.ts';
import { EVENT_FIELDS, SAMPLE_FIELDS } from './packed.ts';
import { makeDirectory, tighten } from './private.ts';
import type { Order, Part, Reply, Request, Summary, ThreadOptions } from './protocol.ts';
import { Pruning } from './prune.ts';
import { Reads } from './reads.ts';
import { graphSchema } from './schema.ts';
import { SocketStore } from './sockets/store.ts';
import { isCorrupt } from './sqliteerror.ts';
import { summaryOf } from './summary.ts';

/** Rows, and parts of batches, that go into one transaction together, when they wait: those of agents are many and small. */
const TRANSACTION_ROWS_MAX = 64_000;
const TRANSACTION_PARTS_MAX = 2_000;

/** Rows in one transaction of an archive that is being made: each writes anew all pages that it has touched. */
const MADE_ROWS_MAX = 100_000;

/** Parts of an answer sent before the first is taken: turned into objects all at once they would stop everything else. */
const PARTS_AHEAD_MAX = 3;

/** Pruning in one go between two messages. */
const PRUNE_MS_MAX = 50;

type Write = Request & { readonly order: Order & { readonly kind: 'append' | 'closeLost' } };

class Thread {
  readonly #port: MessagePort;
  readonly #options: ThreadOptions;
  readonly #file: string;
  readonly #lock: Disposable;
  readonly #db;
  readonly #reader;
  readonly #archived: Reads;
  readonly #appends: Appends;
  readonly #pruning: Pruning;
  readonly #flows: FlowStore;
  readonly #sockets: SocketStore;
  readonly #inbox: Request[] = [];
  /** Read one after the other; each sees one moment. */
  readonly #reads: Generator<void>[] = [];
  #readingFor = 0;
  /** Parts of the current answer that are on their way. */
  #partsAhead = 0;
  readonly #prunes: Generator<void>[] = [];
  /** Written in the transaction that is open. */
  #applied: Write[] = [];
  /** The beginning of a batch that could not be written: it waits for the rest, to be tried once more as a whole. */
  readonly #held: Write[] = [];
  /** Slices of pruning that should be done before the next message is looked at. */
  #slices = 0;
  /** Rows of whole batches that are in no file yet: of an archive that is being made. */
  #uncommitted = 0;
  #isWorking = false;

  constructor(port: MessagePort, options: ThreadOptions) {
    this.#port = port;
    this.#options = options;
    this.#file = join(options.directory, 'skein.db');
    makeDirectory(options.directory);
    this.#lock = lockDirectory(options.directory);
    tighten(options.directory);
    const { db, notes } = openDatabase(this.#file, { ...options, schema: graphSchema });
    this.#db = db;
    this.#reader = openReader(this.#file);
    this.#archived = new Reads(this.#reader, options);
    this.#appends = new Appends(db);
    this.#pruning = new Pruning(db, this.#appends, options);
    this.#flows = new FlowStore(options, (reply, memory) => port.postMessage(reply, memory));
    this.#sockets = new SocketStore(options, (reply) => this.#say(reply));
    port.on('message', (request: Request) => {
      this.#inbox.push(request);
      this.#work();
    });
    this.#say({ kind: 'opened', notes });
  }

  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#receive()) {
      this.#serve();
      if (this.#partsAhead < PARTS_AHEAD_MAX) this.#goOn(this.#reads);
      this.#prune();
      this.#flows.goOn();
      this.#sockets.goOn();
    }
    this.#isWorking = false;
  }

  /** Takes what waits; whether there is anything to do. */
  #receive(): boolean {
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port))
      this.#inbox.push(next.message as Request);
    const reads = this.#partsAhead < PARTS_AHEAD_MAX ? this.#reads.length : 0;
    const prunes = this.#applied.length === 0 ? this.#prunes.length : 0;
    return this.#inbox.length + reads + prunes > 0 || this.#flows.hasWork || this.#sockets.hasWork;
  }

  #serve(): void {
    while (this.#inbox.length > 0) {
      const writes = this.#held.splice(0);
      let rows = 0;
      while (isWrite(this.#inbox[0]) && rows < TRANSACTION_ROWS_MAX && writes.length < TRANSACTION_PARTS_MAX) {
        const write = this.#inbox.shift() as Write;
        rows += rowsOf(write);
        writes.push(write);
      }
      if (writes.length > 0) this.#write(writes);
      else this.#start(this.#inbox.shift() as Request);
    }
  }

  #start({ call, order }: Request): void {
    this.#guard(call, () => {
      switch (order.kind) {
        case 'read':
          this.#commitMade();
          this.#reads.push(this.#reading(call, () => this.#archived.read(order.read)));
          return;
        case 'more':
          if (call === this.#readingFor) this.#partsAhead--;
          return;
        case 'prune':
          this.#commitMade();
          this.#prunes.push(this.#pruningFor(call, order.before));
          return;
        case 'summary':
          this.#say({ kind: 'done', call, summary: this.#summary() });
          return;
        case 'flows':
          this.#flows.take(call, order.order);
          return;
        case 'sockets':
          this.#sockets.take(call, order.order);
          return;
        case 'close':
          this.#close({ kind: 'done', call });
          return;
      }
    });
  }

  /**
   * All in one transaction, which stays open when the last part of a batch is still to come: parts of one batch come
   * one after the other, with nothing between.
   */
  #write(writes: readonly Write[]): void {
    const all = [...this.#applied, ...writes];
    try {
      if (!this.#db.isTransaction) this.#db.exec('begin immediate');
      for (const { order } of writes) {
        if (order.kind === 'append') this.#appends.append(order.batch);
        else this.#appends.closeLost(order.lost, order.time, order.recordedAt);
      }
      this.#applied = all;
      if (!isWhole(all)) return;
      this.#uncommitted += all.reduce((rows, write) => rows + rowsOf(write), 0);
      if (!this.#options.isBeingMade || this.#uncommitted >= MADE_ROWS_MAX) this.#commit();
    } catch (error) {
      this.#undo(all, error);
      return;
    }
    this.#applied = [];
    for (const call of new Set(all.map((write) => write.call))) this.#say({ kind: 'done', call });
    if (this.#db.isTransaction) return;
    this.#lookForOld();
    this.#slices =
      Math.ceil(all.reduce((rows, write) => rows + rowsOf(write), 0) / 1_000) * this.#pruning.slicesPerPart;
  }

  #commit(): void {
    this.#db.exec('commit');
    this.#uncommitted = 0;
  }

  /** What is being made, for who looks at it or takes away from it. */
  #commitMade(): void {
    if (this.#db.isTransaction && this.#applied.length === 0) this.#commit();
  }

  #lookForOld(): void {
    if (this.#prunes.length > 0) return;
    const pass = this.#pruning.due(performance.now());
    if (pass) this.#prunes.push(pass);
  }

  /** One slice, and more when much came in: but what comes next must not wait long. */
  #prune(): void {
    const until = performance.now() + PRUNE_MS_MAX;
    do {
      if (this.#applied.length > 0 || this.#prunes.length === 0) return;
      this.#goOn(this.#prunes);
      // When that was the last of its pass, the next pass may be due.
      this.#lookForOld();
    } while (--this.#slices > 0 && performance.now() < until);
    this.#slices = Math.max(0, this.#slices);
  }

  /** Once more, each call in a transaction of its own, so that one that cannot be written harms no other. */
  #undo(writes: readonly Write[], error: unknown): void {
    this.#applied = [];
    this.#uncommitted = 0;
    if (this.#db.isTransaction) this.#db.exec('rollback');
    this.#appends.forget();
    const calls = Map.groupBy(writes, ({ call }) => call);
    // More than these is lost: what is made is whole or not there at all.
    if (this.#options.isBeingMade) {
      for (const call of calls.keys()) this.#fail(call, error);
      return;
    }
    for (const [call, parts] of calls) {
      if (!isWhole(parts)) this.#held.push(...parts);
      else if (calls.size === 1) this.#fail(call, error);
      else this.#write(parts);
    }
  }

  *#reading(call: number, parts: () => Generator<Part>): Generator<void> {
    try {
      this.#readingFor = call;
      this.#partsAhead = 0;
      this.#reader.exec('begin');
      for (const part of parts()) {
        this.#say({ kind: 'part', call, part });
        this.#partsAhead++;
        yield;
      }
      this.#say({ kind: 'done', call });
    } catch (error) {
      this.#fail(call, error);
    } finally {
      if (this.#reader.isTransaction) this.#reader.exec('commit');
    }
  }

  *#pruningFor(call: number, before: number): Generator<void> {
    try {
      yield* this.#pruning.before(before);
      this.#say({ kind: 'done', call });
    } catch (error) {
      this.#fail(call, error);
    }
  }

  /** One slice of the first of them. */
  #goOn(jobs: Generator<void>[]): void {
    const [job] = jobs;
    if (!job) return;
    try {
      if (job.next().done) jobs.shift();
    } catch (error) {
      // Pruning of its own accord: nobody waits for it, and it is tried again later.
      jobs.shift();
      this.#pruning.rest(performance.now());
      if (isCorrupt(error)) this.#damaged(error);
    }
  }

  #summary(): Summary {
    let sizeBytes = 0;
    for (const part of ['', '-wal', '-shm'])
      sizeBytes += statSync(this.#file + part, { throwIfNoEntry: false })?.size ?? 0;
    if (this.#uncommitted > 0) sizeBytes = Math.max(sizeBytes, this.#pagesBytes());
    return summaryOf(this.#db, sizeBytes);
  }

  /** With those that are in no file yet. */
  #pagesBytes(): number {
    const size = this.#db.prepare('select page_count * page_size as bytes from pragma_page_count, pragma_page_size');
    return Number(size.get()?.bytes);
  }

  #guard(call: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #fail(call: number, error: unknown): void {
    if (isCorrupt(error)) this.#damaged(error);
    else this.#say({ kind: 'failed', call, failure: failureOf(error, this.#options.directory) });
  }

  #damaged(error: unknown): void {
    this.#close({ kind: 'corrupt', why: (error as Error).message });
  }

  #close(lastWord: Reply): void {
    this.#reads.length = this.#prunes.length = this.#inbox.length = 0;
    let last = lastWord;
    try {
      this.#flows.close();
      this.#sockets.close();
      if (lastWord.kind === 'done') this.#commitMade();
    } catch (error) {
      if (lastWord.kind === 'done')
        last = { kind: 'failed', call: lastWord.call, failure: failureOf(error, this.#options.directory) };
    }
    this.#reader.close();
    this.#db.close();
    this.#lock[Symbol.dispose]();
    this.#say(last);
    this.#port.close();
  }

  #say(reply: Reply): void {
    this.#port.postMessage(reply);
  }
}

function rowsOf({ order }: Write): number {
  if (order.kind === 'closeLost') return order.lost.length;
  const { events, samples } = order.batch;
  return events.length / EVENT_FIELDS + samples.length / SAMPLE_FIELDS;
}

function isWhole(writes: readonly Write[]): boolean {
  const order = writes.at(-1)?.order;
  return order?.kind !== 'append' || order.batch.isLast;
}

function isWrite(request: Request | undefined): request is Write {
  return request?.order.kind === 'append' || request?.order.kind === 'closeLost';
}

if (parentPort) {
  const options = workerData as ThreadOptions;
  try {
    new Thread(parentPort, options);
  } catch (error) {
    parentPort.postMessage({ kind: 'refused', failure: failureOf(error, options.directory) } satisfies Reply);
  }
}
