/**
 * What changed in an element, down to the parts of long values: of a routing table the routes that came and went, not
 * the table twice.
 */
import type { WireElement } from '../../contract/element.ts';
import type { Paint } from '../../std/paint.ts';
import { cellText } from './grid.ts';
import { cutTo } from './printable.ts';

export interface KeyChange {
  readonly key: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Top-level keys of metadata in which two versions differ. */
export function keyChanges(before: WireElement, after: WireElement): KeyChange[] {
  const keys = [...new Set([...Object.keys(before.Metadata), ...Object.keys(after.Metadata)])]
    .filter((key) => !counters.has(key))
    .sort();
  return keys.flatMap((key) => {
    const [was, is] = [before.Metadata[key], after.Metadata[key]];
    return isSame(was, is) ? [] : [{ key, before: was, after: is }];
  });
}

/** Series that are shown with an element: they count on all the time, and no version of it. */
const counters = new Set(['Metric', 'LastUpdateMetric']);

/** `MTU: 1500 → 9000`, `+ Vlan: 7`, `RoutingTables.254.Routes: + Prefix=10.0.0.0/24 …`: one line each. */
export function drawKeyChange(change: KeyChange, paint: Paint): string[] {
  return parts(change).map(({ key, before, after, isItem }) => {
    const name = `${cellText(key)}:`;
    const [was, is] = [cutTo(text(before), valueWidth), cutTo(text(after), valueWidth)];
    if (isItem) return `${name} ${after === undefined ? paint.removed(`- ${was}`) : paint.added(`+ ${is}`)}`;
    if (before === undefined) return paint.added(`+ ${name} ${is}`);
    if (after === undefined) return paint.removed(`- ${name} ${was}`);
    return `${name} ${was} → ${is}`;
  });
}

/** Whoever wants more of a value takes -o json. */
const valueWidth = 160;

/** A value on a line: lists of plain values by blanks, objects as `key=value`. */
export function text(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? `{${text(item)}}` : text(item))).join(' ');
  if (!isObject(value)) return cellText(value);
  return Object.entries(value)
    .map(([key, inner]) => `${cellText(key)}=${isObject(inner) ? `{${text(inner)}}` : text(inner)}`)
    .join(' ');
}

interface Part extends KeyChange {
  /** An item of a list rather than the value of a key. */
  readonly isItem?: boolean;
}

function parts({ key, before, after }: KeyChange): Part[] {
  if (isObject(before) && isObject(after)) return insideObjects(key, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return insideLists(key, before, after);
  return [{ key, before, after }];
}

function insideObjects(key: string, before: Record<string, unknown>, after: Record<string, unknown>): Part[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((inner) =>
    isSame(before[inner], after[inner])
      ? []
      : parts({ key: `${key}.${inner}`, before: before[inner], after: after[inner] }),
  );
}

/** Items that carry an `ID` are compared with the one of the same ID; others came or went. */
function insideLists(key: string, before: readonly unknown[], after: readonly unknown[]): Part[] {
  if ([...before, ...after].every((item) => idOf(item) !== undefined)) {
    const byId = (items: readonly unknown[]) => Object.fromEntries(items.map((item) => [String(idOf(item)), item]));
    return insideObjects(key, byId(before), byId(after));
  }
  const was = new Set(before.map((item) => JSON.stringify(item)));
  const is = new Set(after.map((item) => JSON.stringify(item)));
  const gone = before.filter((item) => !is.has(JSON.stringify(item)));
  const come = after.filter((item) => !was.has(JSON.stringify(item)));
  // Only their order or their number changed.
  if (gone.length === 0 && come.length === 0) return [{ key, before, after }];
  return [
    ...gone.map((item) => ({ key, before: item, isItem: true })),
    ...come.map((item) => ({ key, after: item, isItem: true })),
  ];
}

function idOf(item: unknown): unknown {
  return isObject(item) ? item.ID : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
