/** Suite files of the command line: files as they are named, and what looks like suites in folders. */
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type ParsedSuites, parseSuites, type SourceFile } from '../checks/suite/parse.ts';
import { checkLimits } from '../contract/check.ts';
import { didYouMean } from '../std/nearest.ts';
import type { Session } from './command.ts';
import { usageFailure } from './failure.ts';

export interface SuiteOptions {
  readonly var?: readonly string[];
  readonly env?: readonly string[];
}

export interface ReadSuites extends ParsedSuites {
  readonly files: readonly SourceFile[];
  readonly vars: Readonly<Record<string, Scalar>>;
}

type Scalar = string | number | boolean | null;

/** Throws a Mistake with all that is wrong in all files. */
export async function readSuites(
  session: Session,
  names: readonly string[],
  options: SuiteOptions,
): Promise<ReadSuites> {
  const { io } = session;
  const files = await sourcesOf(session, names);
  const vars = Object.fromEntries((options.var ?? []).map(variableOf));
  const parsed = parseSuites(files, { vars, env: io.env, allowed: new Set(options.env ?? []) });
  return { ...parsed, files, vars };
}

export function tellWarnings({ io }: Session, { warnings }: ParsedSuites, quiet: boolean | undefined): void {
  if (quiet !== true) for (const { message } of warnings) io.err.write(`warning: ${message}\n`);
}

async function sourcesOf({ io }: Session, names: readonly string[]): Promise<SourceFile[]> {
  if (names.length === 0)
    throw usageFailure('say which suite', 'like skein check net.check.yaml; skein check init shows how one begins');
  const files: SourceFile[] = [];
  // A folder and a file in it, or one file twice: it is the same suite.
  const taken = new Set<string>();
  for (const name of names) {
    if (name === '-') {
      if (!taken.has(name)) files.push({ file: name, text: await io.readInput() });
      taken.add(name);
      continue;
    }
    for (const file of readable(() => (statSync(name).isDirectory() ? inFolder(name) : [name]))) {
      const path = readable(() => realpathSync(file));
      if (!taken.has(path)) files.push({ file, text: readable(() => textOf(file)) });
      taken.add(path);
    }
  }
  if (files.length > checkLimits.files)
    throw usageFailure(`these are ${files.length} files, more than ${checkLimits.files}`, 'make several runs of it');
  return files;
}

function inFolder(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(^|\/)(node_modules|\.[^./][^/]*)\//.test(path))
    .sort()
    // Other YAML lies around too; what calls itself a suite is meant.
    .filter((file) => /\.check\.ya?ml$/.test(file) || /^kind:\s*["']?CheckSuite\b/m.test(bytesOf(file).toString()));
  if (found.length === 0)
    throw usageFailure(`there is no suite in ${folder}`, 'files that end in .check.yaml, or have kind: CheckSuite');
  return found;
}

/** Twice what a suite may have, so that it is the suite that says what is too much. */
const BYTES_MAX = 8 * 1024 * 1024;

function bytesOf(file: string): Buffer {
  const { size } = statSync(file);
  if (size > BYTES_MAX) throw usageFailure(`${file} has ${size} bytes: that is no suite`);
  return readFileSync(file);
}

/** Signs that were lost in reading would come back as others in names and reports, or as no such node. */
function textOf(file: string): string {
  const bytes = bytesOf(file);
  const text = bytes.toString();
  if (isUtf8(bytes)) return text;
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
  throw usageFailure(
    isUtf16 ? `${file} is UTF-16, and suites are UTF-8` : `${file}:${line}: this is no UTF-8`,
    `iconv -f ${isUtf16 ? 'UTF-16' : 'LATIN1'} -t UTF-8 makes it that`,
  );
}

function readable<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT') throw usageFailure(`there is no file or folder ${path ?? ''}`.trimEnd(), commandMeant(path));
    throw usageFailure(`cannot read the suite: ${(error as Error).message}`);
  }
}

/** `check` runs files when no command is named, so that a command with a slip in it looks like one. */
function commandMeant(word = ''): string {
  return (
    didYouMean(word, ['run', 'validate', 'list', 'explain', 'generate', 'schema', 'init']) ??
    `skein check init ${/\.ya?ml$/.test(word) ? word : 'net.check.yaml'} makes one to begin from`
  );
}

/** `port=5432` is a number, as it would be in the file. */
function variableOf(text: string): [string, Scalar] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw usageFailure(`"${text}" is no variable`, 'like --var port=5432');
  const parsed: unknown =
    value.length > 40 ? value : parseDocument(value, { logLevel: 'silent' }).toJS({ maxAliasCount: 0 });
  return [name, typeof parsed === 'number' || typeof parsed === 'boolean' ? parsed : value];
}
