/**
 * A file of zeros that is kept for when the disk is full: a thinner copy of a segment needs room beside the segment
 * until it takes its place, and what was dropped has to be noted before it goes.
 */
import type { Disk, DiskFile } from './disk.ts';
import { isFull, removeIf } from './files.ts';

export const RESERVE = 'reserve';

export class Reserve {
  readonly #disk: Disk;
  readonly #wanted: number;
  #bytes: number;

  constructor(disk: Disk, wanted: number) {
    this.#disk = disk;
    this.#wanted = wanted;
    this.#bytes = disk.list().includes(RESERVE) ? disk.size(RESERVE) : 0;
  }

  /** Of it, on the disk now: counted with the segments. */
  get bytes(): number {
    return this.#bytes;
  }

  /** All of it or nothing, within `room`: a spool without it works as well, but drops whole segments on a full disk. */
  fill(room: number): void {
    if (this.#bytes === this.#wanted || this.#wanted - this.#bytes > room) return;
    let file: DiskFile | undefined;
    try {
      file = this.#disk.open(RESERVE);
      const zeros = new Uint8Array(this.#wanted);
      let done = 0;
      while (done < this.#wanted) {
        const written = file.write(zeros.subarray(done), done);
        if (written === 0) break;
        done += written;
      }
      file.truncate(this.#wanted);
      this.#bytes = done;
      if (done < this.#wanted) this.give();
    } catch {
      this.give();
    } finally {
      file?.close();
    }
  }

  /** Its room is the disk's again. */
  give(): void {
    removeIf(this.#disk, RESERVE);
    this.#bytes = 0;
  }

  /** What has to be written also to a full disk. Throws what it throws when the reserve does not do, either. */
  lend(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!isFull(error) || this.#bytes === 0) throw error;
      this.give();
      write();
    }
  }
}
