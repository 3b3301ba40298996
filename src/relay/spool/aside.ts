/** What cannot be read is kept for who wants to look: the newest of it. */
import type { Disk } from './disk.ts';
import { removeIf, replaceFile } from './files.ts';

const DAMAGED = '.damaged';

export function putAside(disk: Disk, name: string): void {
  removeAside(disk);
  disk.rename(name, `${name}${DAMAGED}`);
}

/** A copy. On a full disk there is none. */
export function putBytesAside(disk: Disk, name: string, bytes: Uint8Array): void {
  removeAside(disk);
  try {
    replaceFile(disk, `${name}${DAMAGED}`, bytes);
  } catch {
    // That it was damaged is counted and said; looking at it is a convenience.
  }
}

/** Whether that made room. */
export function removeAside(disk: Disk): boolean {
  const all = disk.list().filter((name) => name.endsWith(DAMAGED));
  for (const name of all) removeIf(disk, name);
  return all.length > disk.list().filter((name) => name.endsWith(DAMAGED)).length;
}
