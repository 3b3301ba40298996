/** A disk in memory that fills up, takes a part of a write, fails to sync, and is cut off at any byte. */

import type { Disk, DiskFile } from '../../../src/relay/spool/disk.ts';
import { mistake } from '../../../src/std/mistake.ts';

export class Crash extends Error {}

export class FakeDisk implements Disk {
  readonly name = 'fake';
  boot = 'boot-1';
  readonly files = new Map<string, Buffer>();
  /** Room for all files. */
  roomBytes = Number.POSITIVE_INFINITY;
  /** The process dies when so many more bytes are written. */
  crashAfterBytes = Number.POSITIVE_INFINITY;
  /** The process dies before it removes a file with this ending. */
  crashAtRemoval: string | undefined;
  failsToSync = false;
  #durable = new Map<string, Buffer>();
  #isLocked = false;

  lock(): Disposable {
    if (this.#isLocked) throw mistake('relay.spool-in-use', 'in use');
    this.#isLocked = true;
    return {
      [Symbol.dispose]: () => {
        this.#isLocked = false;
      },
    };
  }

  get hasCrashed(): boolean {
    return this.crashAfterBytes < 0;
  }

  /**
   * The process is gone; with the power, so is what was not synced, but for as many bytes as `kept` says; behind them
   * are zeros where a file had become longer and its bytes had not come.
   */
  restart(how: 'process' | 'power', { kept = 0, isLonger = false } = {}): void {
    this.#isLocked = false;
    this.crashAfterBytes = Number.POSITIVE_INFINITY;
    this.crashAtRemoval = undefined;
    if (how === 'process') return;
    this.boot += '+';
    const written = new Map(this.files);
    this.files.clear();
    for (const [name, bytes] of this.#durable) {
      const last = written.get(name) ?? bytes;
      const left = Buffer.from(last.subarray(0, bytes.length + kept));
      const zeros = Buffer.alloc(isLonger ? last.length - left.length : 0);
      this.files.set(name, bytes.length > left.length ? Buffer.from(bytes) : Buffer.concat([left, zeros]));
    }
    for (const [name, bytes] of this.files) this.#durable.set(name, Buffer.from(bytes));
  }

  list(): string[] {
    return [...this.files.keys()];
  }

  size(name: string): number {
    return this.#of(name).length;
  }

  read(name: string, at: number, length: number): Uint8Array {
    return Buffer.from(this.#of(name).subarray(at, at + length));
  }

  rename(from: string, to: string): void {
    this.#step(1);
    this.files.set(to, this.#of(from));
    this.files.delete(from);
    this.#sync();
  }

  remove(name: string): void {
    if (this.crashAtRemoval && name.endsWith(this.crashAtRemoval)) this.crashAfterBytes = 0;
    this.#step(1);
    this.files.delete(name);
    this.#sync();
  }

  open(name: string): DiskFile {
    this.#step(1);
    if (!this.files.has(name)) this.files.set(name, Buffer.alloc(0));
    return {
      write: (bytes, at) => {
        const old = this.#of(name);
        const grows = Math.max(0, at + bytes.length - old.length);
        const room = this.roomBytes - this.#used;
        const taken = grows <= room ? bytes.length : bytes.length - (grows - Math.max(0, room));
        if (taken <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        const kept = Math.min(taken, Math.max(0, this.crashAfterBytes));
        const next = Buffer.alloc(Math.max(old.length, at + kept));
        old.copy(next);
        next.set(bytes.subarray(0, kept), at);
        this.files.set(name, next);
        this.#step(taken);
        return taken;
      },
      truncate: (size) => {
        this.#step(1);
        this.files.set(name, Buffer.from(this.#of(name).subarray(0, size)));
      },
      sync: async () => this.#syncFile(name),
      syncNow: () => this.#syncFile(name),
      close: () => undefined,
    };
  }

  get #used(): number {
    return [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
  }

  #of(name: string): Buffer {
    const file = this.files.get(name);
    if (!file) throw Object.assign(new Error(`ENOENT: ${name}`), { code: 'ENOENT' });
    return file;
  }

  #step(bytes: number): void {
    this.crashAfterBytes -= bytes;
    if (this.crashAfterBytes < 0) throw new Crash('the process is gone');
  }

  #syncFile(name: string): void {
    if (this.failsToSync) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
    this.#durable.set(name, Buffer.from(this.#of(name)));
  }

  /** Names are taken to be durable at once: the harder case for what is removed. */
  #sync(): void {
    for (const name of this.#durable.keys()) if (!this.files.has(name)) this.#durable.delete(name);
    for (const [name, bytes] of this.files)
      if (!name.endsWith('.new') && !this.#durable.has(name)) this.#durable.set(name, Buffer.from(bytes));
  }
}
