/** Conditions as SQL over the columns of flows. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { addressOf } from './address.ts';
import type { Column, Pushed } from './ask.ts';
import { integerOf } from './bytes.ts';

export interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

/** Of those that are no columns of their own. */
const PLACES: Partial<Record<Column, string>> = { nat_tracking: "(more ->> '$.NAT.TrackingID')" };

export class Conditions {
  readonly #number: StatementSync;

  constructor(db: DatabaseSync) {
    this.#number = db.prepare('select number from texts where text = ?');
  }

  /** What all of them ask for, to stand after `and`; undefined when nothing can meet them. */
  sqlOf(where: readonly Pushed[]): Sql | undefined {
    const all: string[] = [];
    const values: SQLInputValue[] = [];
    for (const condition of where) {
      const either: string[] = [];
      for (const { column, values: given } of condition) {
        const kept = this.valuesOf(column, given);
        if (kept.length === 0) continue;
        either.push(`${PLACES[column] ?? column} in (${kept.map(() => '?').join()})`);
        values.push(...kept);
      }
      if (either.length === 0) return undefined;
      all.push(` and (${either.join(' or ')})`);
    }
    return { text: all.join(''), values };
  }

  /** As they lie in the column; those that cannot lie there are left out. */
  valuesOf(column: Column, values: readonly (string | number)[]): SQLInputValue[] {
    return [...new Set(values)].flatMap((value) => this.#valueOf(column, value) ?? []);
  }

  #valueOf(column: Column, value: string | number): SQLInputValue | undefined {
    switch (column) {
      case 'a_port':
      case 'b_port':
        return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
      case 'uuid':
      case 'tracking':
        return typeof value === 'string' ? integerOf(value) : undefined;
      case 'a':
      case 'b':
        return typeof value === 'string' ? addressOf(value) : undefined;
      case 'nat_tracking':
        return typeof value === 'string' ? value : undefined;
      case 'node':
      case 'capture':
      case 'layers':
      case 'application':
        return typeof value === 'string' ? (this.#number.get(value)?.number as number | undefined) : undefined;
    }
  }
}
