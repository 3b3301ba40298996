/** The place that files are written to refuses them: no room, no right. That is not the fault of what is written. */
import { dirname } from 'node:path';
import { Unavailable } from '../std/unavailable.ts';

/** `folder` lies in the place; `bytes`: as far as it is known how much that would be. */
export function noRoom(
  what: string,
  { folder, bytes = 0 }: { folder: string; bytes?: number },
  error: Error,
): Unavailable {
  const room = bytes > 0 ? `${(bytes / 2 ** 20).toFixed(0)} MiB of room` : 'room';
  const needs = `${room} in ${dirname(folder)}, or another place: TMPDIR (${error.message})`;
  return new Unavailable(what, needs, { cause: error });
}

/** The same, of whatever was thrown while files were written; anything else is as it was. */
export function orNoRoom(what: string, folder: string, thrown: unknown): unknown {
  let error = thrown;
  // What could not be written cannot be closed either: the first of them is told.
  while (error instanceof SuppressedError) error = error.suppressed;
  const isOfFiles = ['write', 'open', 'mkdir'].includes((error as NodeJS.ErrnoException).syscall ?? '');
  const isOfArchive = error instanceof Unavailable && error.what.includes(folder);
  return error instanceof Error && (isOfFiles || isOfArchive) ? noRoom(what, { folder }, error) : error;
}
