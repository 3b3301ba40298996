/** What `lsblk -pO --json` says (util-linux): a tree of devices; one that is made of several comes once below each. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { Unavailable } from '../../std/unavailable.ts';

/** Columns: a device has about sixty of them. */
export type Columns = Readonly<Record<string, unknown>>;

export interface BlockDevice {
  /** Unlike its name, the same wherever in the tree it comes: 'kname'. */
  readonly key: string;
  readonly columns: Columns;
  /** Keys of what it is made of. */
  readonly madeOf: readonly string[];
  /** Keys of what is made of it. */
  readonly makes: readonly string[];
}

/** 20,000 devices with all their columns. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const DEVICES_MAX = 20_000;
const DEPTH_MAX = 32;
const RUN_MS = 30_000;

/** Throws Unavailable when it does not run, or says what makes no sense. */
export async function listBlockDevices(path: string, signal: AbortSignal): Promise<readonly BlockDevice[]> {
  const needs = 'lsblk of util-linux, at the path of probes.blockdev.lsblk';
  let output: string;
  try {
    const options = { maxBuffer: OUTPUT_BYTES_MAX, timeout: RUN_MS, signal };
    ({ stdout: output } = await promisify(execFile)(path, ['-pO', '--json'], options));
  } catch (cause) {
    const { code, stderr = '', message } = cause as Error & { code?: unknown; stderr?: string };
    const why = code === 'ENOENT' ? 'it is not there' : (stderr.trim() || message).split('\n')[0];
    throw new Unavailable(`${path} does not tell of block devices (${why})`, needs, { cause });
  }
  const devices = readDevices(output);
  if (devices === undefined) throw new Unavailable(`what ${path} says of block devices cannot be read`, needs);
  return devices;
}

/** Undefined when it cannot be read. */
export function readDevices(output: string): readonly BlockDevice[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch {
    return undefined;
  }
  const read = z.object({ blockdevices: z.array(z.unknown()) }).safeParse(parsed);
  if (!read.success) return undefined;
  const found = new Map<string, { columns: Columns; madeOf: Set<string>; makes: Set<string> }>();
  const walk = (list: readonly unknown[], above: string | undefined, depth: number): void => {
    for (const one of list) {
      if (typeof one !== 'object' || one === null || depth > DEPTH_MAX) continue;
      const { children, ...columns } = one as Columns;
      const key = columns.kname ?? columns.name;
      if (typeof key !== 'string' || (found.size >= DEVICES_MAX && !found.has(key))) continue;
      const device = found.get(key) ?? { columns, madeOf: new Set(), makes: new Set() };
      found.set(key, device);
      if (above !== undefined) {
        device.madeOf.add(above);
        found.get(above)?.makes.add(key);
      }
      if (Array.isArray(children)) walk(children, key, depth + 1);
    }
  };
  walk(read.data.blockdevices, undefined, 0);
  return [...found].map(([key, { columns, madeOf, makes }]) => ({
    key,
    columns,
    madeOf: [...madeOf],
    makes: [...makes],
  }));
}
