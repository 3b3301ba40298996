/**
 * A folder that is gone when it is not needed any more, or the process ends. What SIGKILL has left behind is taken away
 * by the next one that is made: in each lies a small SQLite file with an exclusive lock on it, which the kernel lets go
 * when the process dies, however it dies.
 */
import { lstatSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Unavailable } from '../std/unavailable.ts';

export interface TemporaryFolder extends Disposable {
  /** Holds nothing but a file named `lock`. */
  readonly path: string;
}

/** Readable by its owner alone (mkdtemp(3)). Throws Unavailable when there is no place for it. */
export function temporaryFolder(name: string, place: string = tmpdir()): TemporaryFolder {
  const prefix = `skein-${name}-`;
  takeAwayDead(place, prefix);
  const { path, lock } = made(place, prefix);
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  return {
    path,
    [Symbol.dispose]() {
      process.off('exit', remove);
      remove();
      lock.close();
    },
  };
}

const LOCK = 'lock';
/** Before the name of one that is not locked yet, which it is within a moment, or never. */
const UNFINISHED = 'new-';
const UNFINISHED_MS = 60_000;

/** It gets its name when it is locked: one that has a name, and no lock, is nobody's. */
function made(place: string, prefix: string): { readonly path: string; readonly lock: DatabaseSync } {
  let unfinished: string | undefined;
  try {
    unfinished = mkdtempSync(join(place, UNFINISHED + prefix));
    const lock = lockIn(unfinished);
    const path = join(place, prefix + unfinished.slice(-6));
    renameSync(unfinished, path);
    return { path, lock };
  } catch (error) {
    if (unfinished !== undefined) rmSync(unfinished, { recursive: true, force: true });
    throw new Unavailable(`a folder in ${place}`, `a place to write to: TMPDIR (${(error as Error).message})`, {
      cause: error,
    });
  }
}

/** Throws when somebody has it. */
function lockIn(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, LOCK), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Ours alone: others may write to the folder that they all lie in. What cannot be taken away now is so the next time. */
function takeAwayDead(place: string, prefix: string): void {
  for (const name of namesIn(place)) {
    const isUnfinished = name.startsWith(UNFINISHED + prefix);
    if (!isUnfinished && !name.startsWith(prefix)) continue;
    const path = join(place, name);
    try {
      const stat = lstatSync(path);
      if (!stat.isDirectory() || stat.uid !== process.geteuid?.()) continue;
      if (isUnfinished && Date.now() - stat.mtimeMs < UNFINISHED_MS) continue;
      // One without was made by an earlier Skein, or goes just now: SQLite would make another.
      if (!isUnfinished && !lstatSync(join(path, LOCK)).isFile()) continue;
      const lock = isUnfinished ? undefined : lockIn(path);
      rmSync(path, { recursive: true, force: true });
      lock?.close();
    } catch {
      // In use, or gone by now.
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
