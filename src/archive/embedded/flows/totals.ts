/** What the file says of itself: counts, numbers to give, and the time it holds. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inTransaction } from '../transaction.ts';

export interface Totals {
  first: number | null;
  last: number | null;
  flows: number;
  points: number;
  packets: number;
  nextFlow: number;
  nextPoint: number;
}

export class TotalsRow {
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  now: Totals;

  constructor(db: DatabaseSync) {
    this.#read = db.prepare(
      'select first, last, flows, points, packets, next_flow as nextFlow, next_point as nextPoint from state',
    );
    this.#write = db.prepare(`update state set first = ?, last = ?, flows = ?, points = ?, packets = ?,
      next_flow = ?, next_point = ?`);
    this.now = this.#get();
  }

  /** Belongs into each transaction. */
  write(): void {
    const { first, last, flows, points, packets, nextFlow, nextPoint } = this.now;
    this.#write.run(first, last, flows, points, packets, nextFlow, nextPoint);
  }

  /** A piece of work and its totals, or neither. */
  change<T>(db: DatabaseSync, work: () => T): T {
    try {
      return inTransaction(db, work);
    } catch (error) {
      this.reread();
      throw error;
    }
  }

  /** After a rollback. */
  reread(): void {
    this.now = this.#get();
  }

  saw(from: number, to: number): void {
    const { first, last } = this.now;
    if (first === null || from < first) this.now.first = from;
    if (last === null || to > last) this.now.last = to;
  }

  #get(): Totals {
    return { ...(this.#read.get() as unknown as Totals) };
  }
}
