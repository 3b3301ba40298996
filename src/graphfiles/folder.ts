/** The files that `io()` may name: those of one folder, named at start. No name leads out of it, by dots or by links. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import type { GraphFiles } from '../query/gremlin/run/run.ts';
import { mistake } from '../std/mistake.ts';
import { formatOf, type GraphFormat } from './format.ts';
import { readGraphFile } from './read.ts';
import { nextTurn } from './reading.ts';
import { FILE_BYTES_MAX, writeGraphFile } from './write.ts';

export function graphFolder(directory: string, bytesMax = FILE_BYTES_MAX): GraphFiles {
  return {
    async read(name, format, writer) {
      const path = await realpathOf(name, () => placeOf(directory, name));
      const whole = await realpathOf(name, () => realpath(path));
      if (!isWithin(await realpath(directory), whole)) throw outside(name);
      const found = await stat(whole);
      if (!found.isFile()) throw mistake('graphfile.no-file', `${name} is no file`);
      if (found.size > bytesMax) throw mistake('graphfile.large', `${name} is larger than ${bytesMax} bytes`);
      // As fast as the disk takes it, where it is kept.
      await readGraphFile(whole, writer, formatNamed(format), () => writer.kept?.() ?? nextTurn());
    },
    async write(name, format, view, model) {
      const path = await realpathOf(name, () => placeOf(directory, name));
      const its = formatNamed(format) ?? formatOf(name, '');
      if (its === 'jsonlines') throw mistake('graphfile.format', 'JSON lines are only read', 'graphson or graphml');
      await writeGraphFile(path, its, { view, model }, bytesMax);
    },
  };
}

/** Where the name leads, its folder with links followed. Throws for a folder that is not there. */
async function placeOf(directory: string, name: string): Promise<string> {
  if (isAbsolute(name) || name.includes('\0') || name.split(/[/\\]/).includes('..')) throw outside(name);
  const file = basename(name);
  if (file === '' || file === '.' || name.endsWith('/'))
    throw mistake('graphfile.no-file', `${JSON.stringify(name)} names no file`);
  const root = await realpath(directory);
  const folder = await realpath(join(root, dirname(name)));
  if (folder !== root && !isWithin(root, folder)) throw outside(name);
  return join(folder, file);
}

function isWithin(root: string, path: string): boolean {
  return path.startsWith(root === sep ? sep : root + sep);
}

function formatNamed(format: string | undefined): GraphFormat | undefined {
  if (format === undefined || format === 'graphson' || format === 'graphml') return format;
  throw mistake(
    'graphfile.format',
    `files of the format ${JSON.stringify(format)} are neither read nor written`,
    'graphson or graphml',
  );
}

async function realpathOf(name: string, find: () => Promise<string>): Promise<string> {
  try {
    return await find();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw mistake('graphfile.no-file', `${name} does not exist`);
    if (code === 'ELOOP' || code === 'ENAMETOOLONG' || code === 'EACCES')
      throw mistake('graphfile.no-file', `${name} cannot be opened: ${code}`);
    throw error;
  }
}

function outside(name: string): Error {
  return mistake(
    'graphfile.outside',
    `${JSON.stringify(name)} lies outside of the folder for files`,
    'a name below it, without ..',
  );
}
