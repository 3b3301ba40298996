/** What the archive knows of itself. */
import type { DatabaseSync } from 'node:sqlite';
import { gapsBetween } from '../gaps.ts';
import type { Summary } from './protocol.ts';

export function summaryOf(db: DatabaseSync, sizeBytes: number): Summary {
  const { first, last, versions, samples } = db.prepare('select * from state').get() as unknown as StateRow;
  const heard = db.prepare('select first, last from writers').all() as unknown as { first: number; last: number }[];
  return {
    range: first === null || last === null ? undefined : { from: first, to: last },
    gaps: gapsBetween(heard),
    versions,
    samples,
    sizeBytes,
  };
}

interface StateRow {
  readonly first: number | null;
  readonly last: number | null;
  readonly versions: number;
  readonly samples: number;
}
