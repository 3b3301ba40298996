/** Suite files of the command line: files as they are named, and what looks like suites in folders. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
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
  for (const name of names) {
    if (name === '-') files.push({ file: '-', text: await io.readInput() });
    else
      files.push(
        ...readable(() => (statSync(name).isDirectory() ? inFolder(name) : [{ file: name, text: read(name) }])),
      );
  }
  if (files.length > checkLimits.files)
    throw usageFailure(`these are ${files.length} files, more than ${checkLimits.files}`, 'make several runs of it');
  return files;
}

function inFolder(folder: string): SourceFile[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(^|\/)(node_modules|\.[^./][^/]*)\//.test(path))
    .sort()
    .map((file) => ({ file, text: read(file) }))
    // Other YAML lies around too; what calls itself a suite is meant.
    .filter(({ file, text }) => /\.check\.ya?ml$/.test(file) || /^kind:\s*["']?CheckSuite\b/m.test(text));
  if (found.length === 0)
    throw usageFailure(`there is no suite in ${folder}`, 'files that end in .check.yaml, or have kind: CheckSuite');
  return found;
}

/** Twice what a suite may have, so that it is the suite that says what is too much. */
const BYTES_MAX = 8 * 1024 * 1024;

function read(file: string): string {
  const { size } = statSync(file);
  if (size > BYTES_MAX) throw usageFailure(`${file} has ${size} bytes: that is no suite`);
  return readFileSync(file, 'utf8');
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
    'skein check init makes one to begin from'
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
