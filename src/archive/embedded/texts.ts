/** A table that gives each text a number, so that it is stored once. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Numbers that are remembered. */
const REMEMBERED_MAX = 10_000;

export class Texts {
  readonly #numbers = new Map<string, number>();
  readonly #find: StatementSync;
  readonly #add: StatementSync;

  constructor(db: DatabaseSync, { table, number, text }: Record<'table' | 'number' | 'text', string>) {
    this.#find = db.prepare(`select ${number} as number from ${table} where ${text} = ?`);
    this.#add = db.prepare(`insert into ${table} (${text}) values (?)`);
  }

  numberOf(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = Number(this.#find.get(text)?.number ?? this.#add.run(text).lastInsertRowid);
      if (this.#numbers.size >= REMEMBERED_MAX) this.#numbers.clear();
      this.#numbers.set(text, number);
    }
    return number;
  }

  /** After a rollback: numbers given since may not be in the table. */
  forget(): void {
    this.#numbers.clear();
  }
}
