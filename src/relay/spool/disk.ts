/** One folder as the spool uses it. The real one is `folder.ts`; a test has one that fills up, cuts short and crashes. */

export interface Disk {
  /** As people call it, in messages. */
  readonly name: string;
  /** The same until the machine starts again: what was written and not synced is surely there. */
  readonly boot: string;
  /** Keeps other processes out until disposed of; throws a Mistake that names the one that is in. */
  lock(): Disposable;
  /** Names of the files. */
  list(): readonly string[];
  size(name: string): number;
  /** Fewer bytes at the end of the file. */
  read(name: string, at: number, length: number): Uint8Array;
  /** Made if it is not there. */
  open(name: string): DiskFile;
  /** Replaces what is there. */
  rename(from: string, to: string): void;
  remove(name: string): void;
}

/** All of these throw what node:fs throws, with its `code`. */
export interface DiskFile {
  /** How many bytes were written: fewer when the disk is full. They are the kernel's when it returns. */
  write(bytes: Uint8Array, at: number): number;
  truncate(size: number): void;
  /** Until then a loss of power may take what was written; names in the folder too. */
  sync(): Promise<void>;
  syncNow(): void;
  close(): void;
}
