/** Writes a segment, whole or not at all: a disk that takes a part of a frame gets it cut off again. */
import type { Disk, DiskFile } from './disk.ts';

export class SegmentFile {
  readonly #file: DiskFile;
  /** Bytes that are good. */
  bytes = 0;
  /** All of `bytes` is durable. */
  isSynced = false;

  constructor(disk: Disk, name: string) {
    this.#file = disk.open(name);
    try {
      this.#file.truncate(0);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Throws what the disk says; what was written of it is cut off then. */
  append(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length; ) {
        const written = this.#file.write(bytes.subarray(done), this.bytes + done);
        if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
        done += written;
      }
    } catch (error) {
      this.#file.truncate(this.bytes);
      throw error;
    }
    this.bytes += bytes.length;
    this.isSynced = false;
  }

  /** Changes a byte that is there: needs no room. */
  mark(at: number, byte: number): void {
    this.#file.write(Uint8Array.of(byte), at);
    this.isSynced = false;
  }

  async sync(): Promise<void> {
    const before = this.bytes;
    await this.#file.sync();
    this.isSynced = before === this.bytes;
  }

  syncNow(): void {
    if (this.isSynced) return;
    this.#file.syncNow();
    this.isSynced = true;
  }

  close(): void {
    this.#file.close();
  }
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Whether a disk says that it, or the share of its owner, is full. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(error));
}

/** All of it or nothing, durable, in place of what has this name. */
export function replaceFile(disk: Disk, name: string, bytes: Uint8Array): void {
  const temporary = `${name}.new`;
  const file = new SegmentFile(disk, temporary);
  try {
    file.append(bytes);
    file.syncNow();
  } catch (error) {
    file.close();
    removeIf(disk, temporary);
    throw error;
  }
  file.close();
  disk.rename(temporary, name);
}

/** What is left of a file that could not be written; the error that is on its way says more than this one would. */
export function removeIf(disk: Disk, name: string): void {
  try {
    disk.remove(name);
  } catch {
    // The next start removes it.
  }
}
