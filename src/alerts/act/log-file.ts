/** A message as a line of JSON at the end of a file, which is moved aside when it has grown large. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlertMessage } from '../../contract/alert.ts';

/** Then it becomes NAME.1, in place of what was there. */
const FILE_BYTES_MAX = 16 * 2 ** 20;

/** One after another: two that found it full would move it aside twice, and what was in it would be gone. */
let turn: Promise<void> = Promise.resolve();

export function append(
  { folder, name }: { readonly folder: string; readonly name: string },
  message: AlertMessage,
): Promise<void> {
  const appended = turn.then(() => add(folder, join(folder, name), message));
  turn = appended.catch(() => undefined);
  return appended;
}

async function add(folder: string, file: string, message: AlertMessage): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size >= FILE_BYTES_MAX) await rename(file, `${file}.1`);
    // By its name each time: it may have been moved aside or removed. A pipe that nobody reads is no place to wait at.
    await using handle = await open(file, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
    await write(handle, `${JSON.stringify(message)}\n`);
  } catch (error) {
    throw new Error(wordsOf(error as NodeJS.ErrnoException, file));
  }
}

const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDWR } = constants;

/** Half a line is none: it is taken back; what a kill left of one stays a line of its own. */
async function write(handle: FileHandle, line: string): Promise<void> {
  const { size } = await handle.stat();
  const isCut = size > 0 && (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString() !== '\n';
  try {
    await handle.appendFile(isCut ? `\n${line}` : line);
  } catch (error) {
    await handle.truncate(size).catch(() => undefined);
    throw error;
  }
}

function wordsOf({ code, message }: NodeJS.ErrnoException, file: string): string {
  const words = reasons[code ?? ''];
  return words === undefined
    ? `${file} cannot be written: ${message}`
    : `${file} cannot be written: ${words} (${code})`;
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'we may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what should be its folder is none',
};
