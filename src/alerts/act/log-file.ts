/** A message as a line of JSON at the end of a file, which is moved aside when it has grown large. */
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
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
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size >= FILE_BYTES_MAX) await rename(file, `${file}.1`);
  await appendFile(file, `${JSON.stringify(message)}\n`, { mode: 0o600 });
}
