/**
 * One process writes to an archive. What keeps others out is an exclusive lock on a small SQLite file of its own: the
 * kernel lets it go when the process dies, however it dies.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mistake } from '../../std/mistake.ts';
import { createFile } from './private.ts';
import { isBusy } from './sqliteerror.ts';

/** Holds the directory until disposed of. Throws a Mistake that names the process that has it. */
export function lockDirectory(directory: string): Disposable {
  const pidFile = join(directory, 'skein.pid');
  const lockFile = join(directory, 'skein.lock');
  createFile(lockFile);
  const lock = new DatabaseSync(lockFile, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw mistake(
      'archive.in-use',
      `${directory}: another Skein${holder(pidFile)} keeps its history here`,
      'stop it, or give this one another directory with --data DIR',
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    [Symbol.dispose]() {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

/** Only for the message; the lock does not hang on it. */
function holder(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
