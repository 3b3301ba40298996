/** Writes a graph to a file: whole or not at all. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { GraphView } from '../graph/view.ts';
import type { PropertyModel } from '../query/gremlin/property-graph.ts';
import { mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import { graphmlLines } from './graphml/write.ts';
import { graphsonLines } from './graphson/write.ts';

export const FILE_BYTES_MAX = 8 * 2 ** 30;
const PART_LENGTH = 256 * 2 ** 10;

/** Lets the event loop turn on the way; the file is of the moment of the view all the same. */
export async function writeGraphFile(
  path: string,
  format: 'graphson' | 'graphml',
  { view, model }: { readonly view: GraphView; readonly model: PropertyModel },
  bytesMax = FILE_BYTES_MAX,
): Promise<void> {
  const lines = format === 'graphml' ? graphmlLines(view, model) : graphsonLines(view, model);
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}`);
  try {
    await writeLines(temporary, lines, view, bytesMax);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined
      ? error
      : new Unavailable(`writing ${path} (${code})`, 'a file that can be written', { cause: error });
  }
}

async function writeLines(path: string, lines: Iterable<string>, view: GraphView, bytesMax: number): Promise<void> {
  await using file = await opened(path);
  let part = '';
  let bytes = 0;
  const write = async () => {
    const buffer = Buffer.from(part);
    part = '';
    bytes += buffer.length;
    if (bytes > bytesMax) throw mistake('graphfile.large', `the file would be larger than ${bytesMax} bytes`);
    view.freeze();
    await file.writeFile(buffer);
  };
  for (const line of lines) {
    part += `${line}\n`;
    if (part.length >= PART_LENGTH) await write();
  }
  await write();
  await file.sync();
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o640);
  } catch (error) {
    throw new Unavailable(
      `writing to ${dirname(path)} (${(error as NodeJS.ErrnoException).code})`,
      'a folder that can be written to',
      { cause: error },
    );
  }
}
