/** Values out of configuration files: what an administrator wrote about this machine for other programs. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Value } from '../../graph/element.ts';
import { parseIni } from '../../std/ini.ts';
import { parseProperties } from '../../std/properties.ts';
import { parseToml } from '../../std/toml.ts';
import { watchDirectory } from '../directory.ts';

const formats = {
  json: (text: string): unknown => JSON.parse(text),
  yaml: (text: string): unknown => parseYaml(text),
  toml: parseToml,
  ini: parseIni,
  properties: parseProperties,
};
const format = z.enum(['json', 'yaml', 'toml', 'ini', 'properties']);

export const ConfigFile = z.object({
  name: z.string().min(1).describe('Shown as Config.<name>'),
  path: z.string().startsWith('/').describe('File to read'),
  type: format.optional().describe('Format; from the ending of the path when left out'),
  selector: z
    .string()
    .optional()
    .describe('Dotted path of the value to take, e.g. database.host; everything when left out'),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

const FILE_MAX_BYTES = 256 * 1024;

export interface ConfigReading {
  readonly values: { readonly [name: string]: Value };
  /** What could not be read and why, one sentence each. */
  readonly problems: readonly string[];
}

export function readConfigFiles(files: readonly ConfigFile[]): ConfigReading {
  const values: Record<string, Value> = {};
  const problems: string[] = [];
  for (const file of files) {
    try {
      values[file.name] = readConfigFile(file);
    } catch (error) {
      problems.push(`${file.path}: ${String((error as Error).message).split('\n')[0]}`);
    }
  }
  return { values, problems };
}

/** Reads again when a file is written, replaced, or appears. Calls `changed` at least once per file at the start. */
export function watchConfigFiles(files: readonly ConfigFile[], changed: () => void, signal: AbortSignal): void {
  for (const { path } of files) {
    const isIt = (name: string | undefined) => name === undefined || name === basename(path);
    watchDirectory(dirname(path), (name) => isIt(name) && changed(), signal);
  }
}

function readConfigFile({ path, type, selector }: ConfigFile): Value {
  const chosen = type ?? format.safeParse(ENDINGS[extname(path)] ?? extname(path).slice(1)).data;
  if (!chosen) throw new Error(`unknown format; say type: ${format.options.join(', ')}`);
  if (statSync(path).size > FILE_MAX_BYTES) throw new Error(`larger than ${FILE_MAX_BYTES / 1024} KiB`);
  const all = asValue(formats[chosen](readFileSync(path, 'utf8')));
  const value = selector === undefined ? all : select(all, selector);
  if (value === undefined) throw new Error(`nothing at ${selector}`);
  return value;
}

const ENDINGS: Readonly<Record<string, string>> = { '.yml': 'yaml', '.conf': 'ini', '.cfg': 'ini', '.cnf': 'ini' };

function select(value: Value | undefined, selector: string): Value | undefined {
  if (selector === '') return value;
  if (value === undefined || value === null || typeof value !== 'object') return undefined;
  const record = value as { readonly [key: string]: Value };
  // Keys may hold dots themselves: the longest that fits goes first.
  const parts = selector.split('.');
  for (let taken = parts.length; taken > 0; taken--) {
    const key = parts.slice(0, taken).join('.');
    if (!Object.hasOwn(record, key)) continue;
    const found = select(record[key], parts.slice(taken).join('.'));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Dates become text; what a graph cannot hold (functions, NaN) does not occur in these formats or becomes null. */
function asValue(read: unknown): Value {
  return JSON.parse(JSON.stringify(read ?? null)) as Value;
}
