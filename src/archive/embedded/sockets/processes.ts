/** What holds sockets, each written once for many of them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Numbers that are remembered. */
const REMEMBERED_MAX = 10_000;
/** A process gets a new number that often, so that the age of a number tells who may still need it. */
const RENUMBER_MS = 3_600_000;

export class Processes {
  readonly #numbers = new Map<string, number>();
  #sinceMs = 0;
  readonly #add: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare('insert into processes (made, text) values (?, ?)');
  }

  numberOf(text: string, timeMs: number): number {
    if (Math.abs(timeMs - this.#sinceMs) >= RENUMBER_MS || this.#numbers.size >= REMEMBERED_MAX) {
      this.#numbers.clear();
      this.#sinceMs = timeMs;
    }
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = Number(this.#add.run(Math.floor(timeMs), text).lastInsertRowid);
      this.#numbers.set(text, number);
    }
    return number;
  }

  /** After a rollback: numbers given since are not in the table. */
  forget(): void {
    this.#numbers.clear();
  }
}

/**
 * Drops those that no socket has any more. Rows are in the order in which they were written, the number of a process is
 * at most an hour older than its row, and no row was written before its socket was opened: so what is older than an hour
 * before the first of them was opened is none of theirs. Open ones are looked through.
 */
export function forgetProcesses(db: DatabaseSync): void {
  db.prepare(
    `delete from processes where made < (select opened from sockets where closed is not null order by socket limit 1) - ?
      and number not in (select process from sockets where closed is null and process is not null)`,
  ).run(RENUMBER_MS);
}
