/** The other way round: what a number in a table of texts stands for. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Texts that are remembered. */
const REMEMBERED_MAX = 10_000;

export class TextsByNumber {
  readonly #texts = new Map<number, string>();
  readonly #find: StatementSync;

  constructor(db: DatabaseSync, table: 'texts' | 'processes' = 'texts') {
    this.#find = db.prepare(`select text from ${table} where number = ?`);
  }

  of(number: number): string {
    let text = this.#texts.get(number);
    if (text === undefined) {
      text = String(this.#find.get(number)?.text ?? '');
      if (this.#texts.size >= REMEMBERED_MAX) this.#texts.clear();
      this.#texts.set(number, text);
    }
    return text;
  }
}
