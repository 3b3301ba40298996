/**
 * Writes documents. What many writers append at the same time goes out together, in requests of a bounded size, up to
 * four on their way. What a server has no room for is tried again; what it refuses for a reason is kept aside with that
 * reason, and the rest goes on. Order is up to names and versions: items of one document may overtake each other unless
 * they are written one after the other.
 */
import { type Backoff, backoff } from '../../std/backoff.ts';
import type { Clock } from '../../std/clock.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Elastic } from './client.ts';
import { isReadOnly, Refused, reasonOf } from './failure.ts';

/** Four requests on their way write half as much again as one; more do not. */
const REQUESTS_MAX = 4;
const REQUEST_ITEMS_MAX = 2_000;
const REQUEST_CHARS_MAX = 5 * 2 ** 20;
/** Items that a full server sends back are tried so often, about 30 s, before the writer hears of it. */
const TRIES_MAX = 8;
/** A rejected document is kept aside up to this length. */
const REJECTED_CHARS_MAX = 100_000;

export interface BulkItem {
  readonly op: 'index' | 'create' | 'delete';
  readonly index: string;
  readonly id: string;
  /** With it the newest wins, in whichever order they come; one that is as new as what is there wins too. */
  readonly version?: number | bigint | string;
  /** JSON, in one line; none when deleted. */
  readonly doc?: string;
}

export interface BulkOutcome {
  /** Items whose document was there already, or newer: in their order. */
  readonly conflicts: readonly BulkItem[];
  /** Items that the server refused for good: each is kept aside. */
  readonly rejected: readonly BulkItem[];
}

export interface BulkCounts {
  readonly written: number;
  readonly conflicts: number;
  readonly rejected: number;
  /** Items that a full server sent back, and that were tried again. */
  readonly retried: number;
  readonly requests: number;
}

export interface BulkWriterOptions {
  readonly elastic: Elastic;
  /** Index for what is refused. */
  readonly rejectedIndex: string;
  readonly clock: Clock;
  readonly random: () => number;
}

export class BulkWriter {
  readonly #elastic: Elastic;
  readonly #rejectedIndex: string;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #queue: Pending[] = [];
  #onTheWay = 0;
  #isScheduled = false;
  #counts = { written: 0, conflicts: 0, rejected: 0, retried: 0, requests: 0 };

  constructor({ elastic, rejectedIndex, clock, random }: BulkWriterOptions) {
    this.#elastic = elastic;
    this.#rejectedIndex = rejectedIndex;
    this.#clock = clock;
    this.#random = random;
  }

  get counts(): BulkCounts {
    return this.#counts;
  }

  /**
   * Resolves when all of it is durable. Rejects with Unavailable when the server is away, full or read-only: a part may
   * be written then. The caller's own bounds bound the queue: who writes waits for the answer.
   */
  write(items: readonly BulkItem[]): Promise<BulkOutcome> {
    if (items.length === 0) return Promise.resolve({ conflicts: [], rejected: [] });
    const job: Job = { left: items.length, conflicts: [], rejected: [], ...Promise.withResolvers<BulkOutcome>() };
    for (const item of items) this.#queue.push({ item, text: textOf(item), job });
    this.#schedule();
    return job.promise;
  }

  /** What is written in the same turn goes out together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#onTheWay < REQUESTS_MAX && this.#queue.length > 0) void this.#send(this.#take());
    });
  }

  #take(): Pending[] {
    let chars = 0;
    let count = 0;
    for (const { text, job } of this.#queue) {
      if (count > 0 && (count >= REQUEST_ITEMS_MAX || chars + text.length > REQUEST_CHARS_MAX)) break;
      chars += job.error ? 0 : text.length;
      count++;
    }
    // Of a job that has failed nothing more is sent.
    return this.#queue.splice(0, count).filter(({ job }) => !job.error);
  }

  async #send(batch: Pending[]): Promise<void> {
    this.#onTheWay++;
    try {
      await this.#write(batch);
    } catch (error) {
      for (const { job } of batch) fail(job, error as Error);
    } finally {
      this.#onTheWay--;
      if (this.#queue.length > 0) this.#schedule();
    }
  }

  async #write(batch: Pending[]): Promise<void> {
    let wait: Backoff | undefined;
    for (let tries = 1, left = batch; left.length > 0; tries++) {
      const again = await this.#request(left, tries >= TRIES_MAX);
      if (again.length === 0) return;
      this.#counts.retried += again.length;
      wait ??= backoff({ firstMs: 100, maxMs: 10_000, random: this.#random });
      const waitMs = wait.next();
      await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve));
      left = again;
    }
  }

  /** Gives the items to try again. */
  async #request(batch: readonly Pending[], isLast: boolean): Promise<Pending[]> {
    this.#counts.requests++;
    let answer: BulkAnswer;
    try {
      answer = await this.#elastic.request<BulkAnswer>({
        method: 'POST',
        path: '/_bulk',
        query: {
          filter_path: 'errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason',
        },
        lines: batch.map(({ text }) => text).join(''),
      });
    } catch (error) {
      // The whole request found no room.
      if (error instanceof Refused && error.status === 429 && !isReadOnly(error.type) && !isLast) return [...batch];
      throw error;
    }
    const { items } = answer;
    if (!Array.isArray(items) || items.length !== batch.length)
      throw new Unavailable(
        `history in ${this.#elastic.place}`,
        'an answer for each document (is this Elasticsearch?)',
      );
    const again: Pending[] = [];
    const rejected: { pending: Pending; type: string; reason: string }[] = [];
    for (const [i, pending] of batch.entries()) {
      const { status = 0, error }: BulkAnswerItem = Object.values(items[i] ?? {})[0] ?? {};
      const [type, reason] = error ? reasonOf(error) : ['', ''];
      // What is deleted need not be there.
      if ((status >= 200 && status < 300) || (status === 404 && pending.item.op === 'delete')) {
        this.#counts.written++;
        settle(pending.job);
      } else if (status === 409) {
        this.#counts.conflicts++;
        pending.job.conflicts.push(pending.item);
        settle(pending.job);
      } else if (status === 429 && !isReadOnly(type) && !isLast) {
        again.push(pending);
      } else if (isTheServers(status) || isReadOnly(type)) {
        fail(pending.job, new Refused(this.#elastic.place, status, type, reason));
      } else rejected.push({ pending, type, reason });
    }
    if (rejected.length > 0) await this.#keepAside(rejected);
    return again;
  }

  async #keepAside(rejected: readonly { pending: Pending; type: string; reason: string }[]): Promise<void> {
    const lines = rejected.map(({ pending: { item }, type, reason }) => {
      const { op, index, id, doc = '' } = item;
      const text = doc.slice(0, REJECTED_CHARS_MAX);
      const kept = { time: this.#clock.now(), op, index, id, type, reason, document: text };
      return `{"index":${JSON.stringify({ _index: this.#rejectedIndex, _id: `${index} ${id}`.slice(0, 170) })}}\n${JSON.stringify(kept)}\n`;
    });
    const { errors, items } = await this.#elastic.request<BulkAnswer>({
      method: 'POST',
      path: '/_bulk',
      lines: lines.join(''),
    });
    if (errors) {
      const bad = items?.map((item) => Object.values(item)[0]).find((item) => item?.error);
      throw new Refused(this.#elastic.place, bad?.status ?? 0, ...reasonOf(bad?.error));
    }
    this.#counts.rejected += rejected.length;
    for (const { pending } of rejected) {
      pending.job.rejected.push(pending.item);
      settle(pending.job);
    }
  }
}

interface Pending {
  readonly item: BulkItem;
  readonly text: string;
  readonly job: Job;
}

interface Job extends PromiseWithResolvers<BulkOutcome> {
  left: number;
  readonly conflicts: BulkItem[];
  readonly rejected: BulkItem[];
  error?: Error;
}

interface BulkAnswer {
  readonly errors?: boolean;
  readonly items?: readonly Readonly<Record<string, BulkAnswerItem>>[];
}

interface BulkAnswerItem {
  readonly status?: number;
  readonly error?: unknown;
}

function settle(job: Job): void {
  job.left--;
  if (job.left === 0) job.resolve({ conflicts: job.conflicts, rejected: job.rejected });
}

function fail(job: Job, error: Error): void {
  job.error = error;
  job.reject(error);
}

/** Not for what the document says: the same may go well later, when there is room, the index again, or the right given. */
function isTheServers(status: number): boolean {
  return status >= 500 || [401, 403, 404, 429].includes(status);
}

function textOf({ op, index, id, version, doc }: BulkItem): string {
  const versioned = version === undefined ? '' : `,"version":${version},"version_type":"external_gte"`;
  const action = `{"${op}":{"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}${versioned}}}\n`;
  return doc === undefined ? action : `${action}${doc}\n`;
}
