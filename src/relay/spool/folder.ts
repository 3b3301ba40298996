/** A folder of the machine as a Disk: for its owner alone. */
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Disk, DiskFile } from './disk.ts';
import { lockFolder } from './lock.ts';

export function openFolder(folder: string): Disk {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // What was made by hand, open to others, is closed to them.
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  const of = (name: string) => join(folder, name);
  return {
    name: folder,
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    lock: () => lockFolder(folder),
    list: () => readdirSync(folder),
    size: (name) => statSync(of(name)).size,
    read: (name, at, length) => read(of(name), at, length),
    open: (name) => open(of(name), folder),
    rename: (from, to) => renameSync(of(from), of(to)),
    remove: (name) => unlinkSync(of(name)),
  };
}

function read(path: string, at: number, length: number): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const room = Math.max(0, Math.min(length, fstatSync(fd).size - at));
    const bytes = Buffer.allocUnsafeSlow(room);
    let read = 0;
    while (read < room) {
      const more = readSync(fd, bytes, read, room - read, at + read);
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(fd);
  }
}

function open(path: string, folder: string): DiskFile {
  // Not 'a': bytes go where they are told to.
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  return {
    write: (bytes, at) => writeSync(fd, bytes, 0, bytes.length, at),
    truncate: (size) => ftruncateSync(fd, size),
    async sync() {
      await fsyncLater(fd);
      await syncFolder(folder);
    },
    syncNow() {
      fsyncSync(fd);
      const names = openSync(folder, 'r');
      try {
        fsyncSync(names);
      } finally {
        closeSync(names);
      }
    },
    close: () => closeSync(fd),
  };
}

async function syncFolder(folder: string): Promise<void> {
  const fd = openSync(folder, 'r');
  try {
    await fsyncLater(fd);
  } finally {
    closeSync(fd);
  }
}

const fsyncLater = promisify(fsync);
