/** What a network was and who was in it is for its owner: nobody else may read the archive. */
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const OF_OTHERS = 0o077;

export function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** SQLite makes files with 0644, and gives the log and the shared memory beside them the rights of the file. */
export function createFile(file: string): void {
  try {
    // Never one that is there: closing it would let go of the locks this process has on it (fcntl(2)).
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** What an earlier run left open to others. The directory only when it holds nothing else, as the one that we make does. */
export function tighten(directory: string): void {
  const names = readdirSync(directory);
  const own = names.filter((name) => /^(skein|flows)\./.test(name));
  for (const name of own) close(join(directory, name), 'file');
  if (own.length === names.length && own.includes('skein.db')) close(directory, 'directory');
}

function close(path: string, kind: 'file' | 'directory'): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat || stat.uid !== process.geteuid?.() || (stat.mode & OF_OTHERS) === 0) return;
  if (kind === 'file' ? !stat.isFile() : !stat.isDirectory()) return;
  try {
    chmodSync(path, stat.mode & 0o777 & ~OF_OTHERS);
  } catch {
    // Some file systems (vfat, some of NFS) know no rights: that is no reason to keep no history.
  }
}
