/** Errors between the threads, and what SQLite's mean to people. */
import { statfsSync } from 'node:fs';
import { Mistake, mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Failure } from './protocol.ts';
import { isFull, isIoError, isReadOnly } from './sqliteerror.ts';

export function failureOf(error: unknown, directory: string): Failure {
  if (error instanceof Mistake) {
    const [fault] = error.faults;
    return { kind: 'mistake', code: fault?.code ?? 'archive', message: error.message, hint: fault?.hint };
  }
  if (error instanceof Unavailable) return { kind: 'unavailable', what: error.what, needs: error.needs };
  const what = `history in ${directory}`;
  const { message, stack, code } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : (new Error(String(error)) as NodeJS.ErrnoException);
  if (isFull(error) || code === 'ENOSPC' || code === 'EDQUOT' || (isIoError(error) && !hasRoom(directory)))
    return { kind: 'unavailable', what, needs: 'room on its file system (it is full)' };
  if (isReadOnly(error) || DIRECTORY_CODES.has(code ?? ''))
    return { kind: 'unavailable', what, needs: `a directory that can be written to (${message})` };
  if (isIoError(error) || (code?.startsWith('E') === true && code !== 'ERR_SQLITE_ERROR'))
    return { kind: 'unavailable', what, needs: `a disk that works (${message})` };
  return { kind: 'bug', message, stack };
}

/** What SQLite makes before it reads a word: the memory it shares with readers (sqlite.org/walformat.html, 2.1), and a log. */
const ROOM_BYTES_MIN = 64 * 1024;

/** A file that could not grow is an I/O error to SQLite, whatever kept it from growing. */
function hasRoom(directory: string): boolean {
  try {
    const { bfree, bavail, bsize } = statfsSync(directory);
    // A part of the disk may be kept for root.
    return (process.geteuid?.() === 0 ? bfree : bavail) * bsize >= ROOM_BYTES_MIN;
  } catch {
    // A file system that cannot even tell has another trouble than being full.
    return true;
  }
}

/** Of mkdir and open, when the directory is not what it should be. */
const DIRECTORY_CODES = new Set([
  'EACCES',
  'EROFS',
  'EPERM',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENOENT',
  'ELOOP',
  'ENAMETOOLONG',
]);

export function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case 'mistake':
      return mistake(failure.code, failure.message, failure.hint);
    case 'unavailable':
      return new Unavailable(failure.what, failure.needs);
    case 'bug': {
      const error = new Error(failure.message);
      if (failure.stack !== undefined) error.stack = failure.stack;
      return error;
    }
  }
}
