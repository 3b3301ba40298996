/** What changed, as `+ - ~` lines: of a diff, of a history, of events as they come. */
import type { WireElement } from '../../contract/element.ts';
import type { WireDifference } from '../../contract/query.ts';
import { nameOf, typeOf } from './element.ts';
import { cellText } from './grid.ts';
import { isEdge } from './kind.ts';
import type { Paint } from './paint.ts';

export type Names = (id: string) => string;

/** One line for an element that came or went; for a changed one also a line for each key. */
export function drawDifference(difference: WireDifference, names: Names, paint: Paint): string {
  const element = difference.after ?? difference.before;
  if (!element) return '';
  const title = titleOf(element, names);
  if (difference.kind === 'added') return `${paint.added(`+ ${title}`)}\n`;
  if (difference.kind === 'removed') return `${paint.removed(`- ${title}`)}\n`;
  return `${paint.changed(`~ ${title}`)}\n${difference.keys.map((key) => `    ${drawKey(key, paint)}\n`).join('')}`;
}

/** `bridge br0 (host1)`, `br0 -layer2-> eth0`. */
export function titleOf(element: WireElement, names: Names): string {
  if (isEdge(element)) {
    const relation = cellText(element.Metadata.RelationType);
    return `${cellText(names(element.Parent))} -${relation}-> ${cellText(names(element.Child))}`;
  }
  const host = element.Host && typeOf(element) !== 'host' ? ` (${cellText(element.Host)})` : '';
  return `${cellText(typeOf(element))} ${cellText(nameOf(element))}${host}`;
}

export interface KeyChange {
  readonly key: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** `MTU: 1500 → 9000`, `+IPV4: 10.0.0.1/24`, `-Vlan: 7`. */
export function drawKey({ key, before, after }: KeyChange, paint: Paint): string {
  const name = cellText(key);
  if (before === undefined) return paint.added(`+${name}: ${cellText(after)}`);
  if (after === undefined) return paint.removed(`-${name}: ${cellText(before)}`);
  return `${name}: ${cellText(before)} → ${cellText(after)}`;
}

/** Top-level keys of metadata in which two versions differ. */
export function keyChanges(before: WireElement, after: WireElement): KeyChange[] {
  const keys = [...new Set([...Object.keys(before.Metadata), ...Object.keys(after.Metadata)])].sort();
  return keys.flatMap((key) => {
    const [was, is] = [before.Metadata[key], after.Metadata[key]];
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ key, before: was, after: is }];
  });
}
