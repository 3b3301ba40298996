/** All of a piece of work, or nothing of it. */
import type { DatabaseSync } from 'node:sqlite';

/** Throws what the work throws, after all is as it was before. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('begin immediate');
  try {
    const result = work();
    db.exec('commit');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('rollback');
    throw error;
  }
}
