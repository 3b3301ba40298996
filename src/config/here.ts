/** The configuration of this process: its flags, its environment, its file, its machine. */
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { mistake } from '../std/mistake.ts';
import { type Loaded, loadConfig } from './load.ts';
import type { Machine } from './option.ts';

export interface HereInput {
  /** What commander made of the flags; `config` names the file. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly probes: readonly string[];
}

/** Throws a Mistake, also when the file cannot be read. */
export function loadConfigHere({ flags, env, probes }: HereInput): Loaded {
  const name = typeof flags.config === 'string' ? flags.config : env.SKEIN_CONFIG || undefined;
  const file = name === undefined ? undefined : { name, text: read(name) };
  return loadConfig({ flags, env, probes, machine: thisMachine(env), ...(file && { file }) });
}

export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  const home = env.HOME || homedir();
  return {
    hostname: hostname(),
    isRoot: process.getuid?.() === 0,
    dataHome: resolve(env.XDG_DATA_HOME || join(home, '.local', 'share')),
  };
}

function read(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : (error as Error).message;
    throw mistake('config.file', `cannot read the configuration ${name}: ${why}`, 'give its path with --config FILE');
  }
}
