/** Forgetting sockets that are too old or too many, in slices of some milliseconds. */
import type { DatabaseSync } from 'node:sqlite';
import type { SocketKeeping } from '../../socket-keeping.ts';
import { shortest } from '../flows/time.ts';
import { Room } from '../room.ts';
import { inTransaction } from '../transaction.ts';
import { forgetProcesses } from './processes.ts';
import { classesOf } from './reads.ts';

const SLICE_ROWS = 1_000;
/** Looks for what is old are so far apart. */
const LOOK_MS = 1_000;

export class SocketAging {
  readonly #db: DatabaseSync;
  readonly #keeping: SocketKeeping;
  readonly #room: Room;
  readonly #now: () => number;
  #nextLookMs = 0;

  constructor(db: DatabaseSync, keeping: SocketKeeping, now: () => number) {
    this.#db = db;
    this.#keeping = keeping;
    this.#room = new Room(db, keeping.maxBytes);
    this.#now = now;
  }

  /** A pass when it is time for one. `nowMs` is from a clock that does not go back. */
  due(nowMs: number): Generator<void> | undefined {
    if (nowMs < this.#nextLookMs && !this.#room.isFull) return undefined;
    this.#nextLookMs = nowMs + LOOK_MS;
    return this.#pass();
  }

  /** Forgets what closed before. */
  *before(time: number): Generator<void> {
    const { last } = this.#db.prepare('select last from state').get() as { last: number | null };
    if (last === null) return;
    const cutoff = Math.floor(Math.min(time, last));
    for (const lengthClass of classesOf(this.#db)) {
      const old = `select socket from sockets indexed by sockets_time where closed is not null and class = ?
        and opened < ? and closed < ? limit ${SLICE_ROWS}`;
      yield* this.#drop(old, [lengthClass, Math.ceil(cutoff - shortest(lengthClass)), cutoff]);
    }
    this.#db.prepare('update state set first = max(first, ?) where first is not null').run(cutoff);
    this.#db.prepare('delete from writers where last < ?').run(cutoff);
    forgetProcesses(this.#db);
  }

  *#pass(): Generator<void> {
    const { first, last } = this.#db.prepare('select first, last from state').get() as {
      first: number | null;
      last: number | null;
    };
    // A clock that once ran ahead must not make everything look old forever.
    const cutoff = Math.min(last ?? 0, this.#now()) - this.#keeping.maxAgeMs;
    if (first !== null && first < cutoff) yield* this.before(cutoff);
    while (this.#room.isFull) {
      // They were written about as they closed.
      const oldest = `select socket from sockets where closed is not null order by socket limit ${SLICE_ROWS}`;
      const gone = this.#dropSlice(oldest, []);
      if (gone > 0) forgetProcesses(this.#db);
      yield;
      if (gone === 0) break;
    }
    yield* this.#room.shrink();
  }

  *#drop(select: string, values: readonly number[]): Generator<void> {
    for (let gone = SLICE_ROWS; gone === SLICE_ROWS; ) {
      gone = this.#dropSlice(select, values);
      yield;
    }
  }

  #dropSlice(select: string, values: readonly number[]): number {
    return inTransaction(this.#db, () => {
      const rows = this.#db
        .prepare(`delete from sockets where socket in (${select}) returning closed`)
        .all(...values) as unknown as { closed: number }[];
      if (rows.length === 0) return 0;
      const until = rows.reduce((latest, { closed }) => Math.max(latest, closed), 0);
      this.#db.prepare('update state set first = max(first, ?), sockets = sockets - ?').run(until, rows.length);
      return rows.length;
    });
  }
}
