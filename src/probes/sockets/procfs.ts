/** What /proc says of a process (proc(5)). A process that is gone, or not ours to look at, says less or nothing. */
import { closeSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { containerIdOf } from '../containerid.ts';
import { commandText } from './secrets.ts';
import type { Holder } from './sight.ts';

export interface ProcessFacts {
  readonly path?: string;
  readonly command?: string;
  readonly container?: string;
  readonly uid?: number;
}

/** Bytes of a command line that are looked at. */
const COMMAND_BYTES = 4096;

/** Name and start of a process, or undefined. */
export function readHolder(pid: number): Holder | undefined {
  const stat = text(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : holderIn(stat);
}

/** The name stands in parentheses, and may hold any of them. */
export function holderIn(stat: string): Holder | undefined {
  const [from, to] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const pid = Number.parseInt(stat, 10);
  if (from < 0 || to < from || !(pid > 0)) return undefined;
  const started = Number(stat.slice(to + 2).split(' ')[START_AFTER_NAME]);
  return Number.isFinite(started) ? { pid, started, name: stat.slice(from + 1, to), uid: undefined } : undefined;
}

/** Field 22; the first after the name is 3. */
const START_AFTER_NAME = 22 - 3;

export function readFacts(pid: number, { commands }: { commands: boolean }): ProcessFacts {
  const root = `/proc/${pid}`;
  const path = link(`${root}/exe`);
  const command = commands ? commandText(argumentsOf(`${root}/cmdline`)) : '';
  const container = containerIdOf(text(`${root}/cgroup`) ?? '');
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(text(`${root}/status`) ?? '')?.[1];
  return {
    ...(path === undefined ? {} : { path }),
    ...(command === '' ? {} : { command }),
    ...(container === undefined ? {} : { container }),
    ...(uid === undefined ? {} : { uid: Number(uid) }),
  };
}

/** Each ends with NUL; a process may have written over them. */
function argumentsOf(path: string): string[] {
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(COMMAND_BYTES);
      const args = bytes.toString('utf8', 0, readSync(fd, bytes)).split('\0');
      while (args.at(-1) === '') args.pop();
      return args;
    } finally {
      closeSync(fd);
    }
  } catch {
    return [];
  }
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A program that was replaced by a newer one is still where it was. */
function link(path: string): string | undefined {
  try {
    return readlinkSync(path).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}
