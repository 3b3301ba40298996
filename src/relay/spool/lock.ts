/**
 * One process writes to a spool. What keeps others out is an exclusive lock on a small SQLite file of its own, as with
 * the archive: the kernel lets it go when the process dies, however it dies.
 */
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mistake } from '../../std/mistake.ts';

export function lockFolder(folder: string): Disposable {
  const pidFile = join(folder, 'agent.pid');
  const lockFile = join(folder, 'agent.lock');
  createPrivate(lockFile);
  const lock = new DatabaseSync(lockFile, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    // SQLITE_BUSY (sqlite.org/rescode.html).
    if (((error as { errcode?: number }).errcode ?? 0) % 256 !== 5) throw error;
    throw mistake(
      'relay.spool-in-use',
      `${folder}: another agent${holder(pidFile)} has its spool here`,
      'stop it, or give this one another folder',
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

function createPrivate(file: string): void {
  try {
    // Never one that is there: closing it would let go of the locks this process has on it (fcntl(2)).
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Only for the message; the lock does not hang on it. */
function holder(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
