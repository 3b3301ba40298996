/** From flags, variables and a file to one checked configuration: a flag wins over a variable, that over the file. */
import type * as z from 'zod';
import { type Fault, Mistake } from '../std/mistake.ts';
import { didYouMean, nearest } from '../std/nearest.ts';
import { archivePlace } from './archive-place.ts';
import { type FileEntry, readConfigFile } from './file.ts';
import { optionByPath, optionList } from './list.ts';
import { nest } from './nest.ts';
import type { Machine, Raw } from './option.ts';
import { type Config, configShape } from './options.ts';
import { type SkydiveKey, skydiveKey, skydiveKeys } from './skydive-keys.ts';

export interface ConfigInput {
  /** What commander made of the flags: `{ archiveMaxSize: '2GiB' }`. Others than options are left alone. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly file?: { readonly name: string; readonly text: string };
  readonly machine: Machine;
  /** Names of the probes that exist. */
  readonly probes: readonly string[];
}

export interface Loaded {
  readonly config: Config;
  /** What was accepted and does nothing, with the reason; one sentence each. */
  readonly notes: readonly Note[];
  /** Every option as written, defaults included, by path: what the API shows. */
  readonly written: ReadonlyMap<string, Raw>;
  /** What was given under Skydive's names, by key. */
  readonly skydive: ReadonlyMap<string, Raw>;
}

export interface Note {
  readonly key: string;
  readonly text: string;
}

interface Given {
  readonly value: Raw;
  /** Where it is from, as people call it: `--listen`, `SKEIN_LISTEN`, `skein.yaml:3: listen`. */
  readonly from: string;
  readonly entry?: FileEntry;
}

/** Throws one Mistake with everything that is wrong, with lines of the file. */
export function loadConfig({ flags = {}, env = {}, file, machine, probes }: ConfigInput): Loaded {
  const read = file ? readConfigFile(file.text, file.name) : { entries: [], faults: [] };
  const faults: Fault[] = [...read.faults];
  const notes: Note[] = [];
  const given = new Map<string, Given>();
  const skydive = new Map<string, Raw>();
  const defaults = defaultsFor(machine);

  const takeSkydive = (entry: SkydiveKey, key: string, said: Given) => {
    skydive.set(key.toLowerCase(), said.value);
    const remark = entry.why ?? entry.remark?.(said.value, probes);
    if (remark !== undefined) notes.push({ key, text: `${said.from}: does nothing here: ${remark}` });
    if (entry.to === undefined) return;
    // Two of Skydive's keys may speak of one of ours.
    const ours = given.get(entry.to)?.value ?? defaults.get(entry.to);
    given.set(entry.to, { ...said, value: entry.as ? entry.as(said.value, ours, probes) : said.value });
  };

  // From what is least heeded to what is most.
  const ofSkydive = read.entries.filter(({ path }) => !optionByPath.has(path));
  for (const entry of ofSkydive) {
    takeSkydive(skydiveKey(entry.path) as SkydiveKey, entry.path, {
      value: entry.value,
      from: `${file?.name}:${entry.line}: ${entry.path}`,
      entry,
    });
  }
  for (const entry of read.entries.filter(({ path }) => optionByPath.has(path))) {
    given.set(entry.path, { value: entry.value, from: `${file?.name}:${entry.line}: ${entry.path}`, entry });
  }
  for (const entry of skydiveKeys) {
    const name = `SKYDIVE_${entry.key.replaceAll('.', '_').toUpperCase()}`;
    const value = env[name];
    if (value) takeSkydive(entry, entry.key, { value, from: name });
  }
  const takeArchive = (value: unknown, from: string) => {
    if (typeof value !== 'string' || value === '') return;
    const options = archivePlace(value);
    const hint = 'embedded, memory, none, elasticsearch://HOST:PORT or elasticsearch+https://HOST:PORT';
    if (!options) faults.push({ code: 'config.value', message: `${from}: this is no place for history`, hint });
    for (const [path, said] of options ?? []) given.set(path, { value: said, from });
  };
  takeArchive(env.SKEIN_ARCHIVE, 'SKEIN_ARCHIVE');
  for (const { path, env: name } of optionList) {
    const value = env[name];
    if (value) given.set(path, { value, from: name });
  }
  takeArchive(flags.archive, '--archive');
  for (const { path, attribute, flag } of optionList) {
    const value = flags[attribute];
    if (value !== undefined) given.set(path, { value: value as Raw, from: flag });
  }

  const data = given.get('data')?.value ?? defaults.get('data');
  const written = new Map([...defaultsFor({ ...machine, ...(typeof data === 'string' && { data }) })]);
  for (const [path, { value }] of given) written.set(path, value);

  const parsed = configShape.safeParse(nest(optionList.map(({ path }) => [path, written.get(path)])));
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => faultOf(issue, given)));
  const named = configShape.shape.probes.shape.enabled.safeParse(written.get('probes.enabled'));
  if (named.success) faults.push(...unknownProbes(named.data, given, probes));
  if (faults.length > 0) throw new Mistake(faults, file?.text);
  notes.push(...misspelt(env));
  return { config: parsed.data as Config, notes, written, skydive };
}

function defaultsFor(machine: Machine): Map<string, Raw> {
  const defaults = new Map<string, Raw>();
  for (const { path, default: declared } of optionList) {
    const value = typeof declared === 'function' ? declared(machine) : declared;
    if (value !== undefined) defaults.set(path, value);
  }
  return defaults;
}

function faultOf(issue: z.core.$ZodIssue, given: ReadonlyMap<string, Given>): Fault {
  const names = issue.path.map(String);
  // Deeper paths lead into a value: an element of a list, a key of a map.
  while (names.length > 1 && !optionByPath.has(names.join('.'))) names.pop();
  return fault('config.value', names.join('.'), issue.message, given);
}

function fault(code: string, path: string, text: string, given: ReadonlyMap<string, Given>, hint?: string): Fault {
  const said = given.get(path);
  return {
    code,
    message: `${said?.from ?? path}: ${text}`,
    ...(said?.entry && { from: said.entry.from, to: said.entry.to }),
    ...(hint !== undefined && { hint }),
  };
}

function unknownProbes(
  enabled: readonly string[],
  given: ReadonlyMap<string, Given>,
  probes: readonly string[],
): Fault[] {
  return enabled
    .filter((name) => !probes.includes(name))
    .map((name) => {
      const hint = didYouMean(name, probes) ?? `there are ${probes.join(', ')}`;
      return fault('config.unknown-probe', 'probes.enabled', `no probe named "${name}"`, given, hint);
    });
}

/**
 * Variables are shared with others, so an unknown one is no mistake; one that is nearly an option, or has Skydive's own
 * name for it behind our prefix, is worth a word.
 */
function misspelt(env: Readonly<Record<string, string | undefined>>): Note[] {
  const names = optionList.map((entry) => entry.env);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !names.includes(name) && !forOthers.has(name))
    .flatMap((name) => {
      const rest = name.slice(PREFIX.length);
      const theirs = skydiveKeys.find(({ key }) => key.replaceAll('.', '_').toUpperCase() === rest)?.to;
      const near = () => {
        const found = nearest(
          rest,
          names.map((one) => one.slice(PREFIX.length)),
        );
        return found && PREFIX + found;
      };
      const meant = optionByPath.get(theirs ?? '')?.env ?? near();
      return meant ? [{ key: name, text: `${name}: does nothing; did you mean ${meant}?` }] : [];
    });
}

const PREFIX = 'SKEIN_';

/** Read by bin/skein and by the commands that ask a server. */
const forOthers = new Set(['SKEIN_ARCHIVE', 'SKEIN_CONFIG', 'SKEIN_SERVER', 'SKEIN_NODE', 'SKEIN_CA']);
