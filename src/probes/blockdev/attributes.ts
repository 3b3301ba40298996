/** Columns of lsblk by Skydive's names, with one type whichever version says them: up to 2.32 all were texts. */
import type { Metadata } from '../../graph/element.ts';
import type { Columns } from './lsblk.ts';

/** How full a file system is changes all the time, and is no fact of the device. */
const VOLATILE = new Set(['fsavail', 'fsused', 'fsuse%', 'fssize']);
const FLAGS = new Set(['disc-zero', 'hotplug', 'rand', 'rm', 'ro', 'rota']);
const NUMBERS = new Set(['alignment', 'disc-aln', 'log-sec', 'min-io', 'opt-io', 'phy-sec', 'ra', 'rq-size']);

/** Empty ones, and those that are not what they have to be, are left out. */
export function attributesOf(columns: Columns): Metadata {
  const found = Object.entries(columns).flatMap(([column, value]) => {
    const shown = VOLATILE.has(column) ? undefined : shownOf(column, value);
    return shown === undefined ? [] : [[nameOf(column), shown] as const];
  });
  return Object.fromEntries(found);
}

/** phy-sec: PhySec; maj:min: MajMin; uuid: UUID. */
function nameOf(column: string): string {
  if (column === 'uuid' || column === 'wwn') return column.toUpperCase();
  return column.replace(/(?:^|[^a-z0-9]+)([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}

function shownOf(column: string, value: unknown): string | number | boolean | undefined {
  const text = typeof value === 'boolean' ? String(Number(value)) : textOf(value);
  if (text === undefined) return undefined;
  if (FLAGS.has(column)) return text === '1' ? true : text === '0' ? false : undefined;
  if (NUMBERS.has(column)) return /^-?\d+$/.test(text) ? Number(text) : undefined;
  return typeof value === 'string' ? text : (value as number | boolean);
}

/** Undefined when it says nothing. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
