/** What changed, as `+ - ~` lines: of a diff, of a history, of events as they come. */
import type { WireElement } from '../../contract/element.ts';
import type { WireDifference } from '../../contract/query.ts';
import type { Paint } from '../../std/paint.ts';
import { typeOf } from './element.ts';
import { cellText } from './grid.ts';
import { drawKeyChange } from './key-changes.ts';
import { isEdge } from './kind.ts';

export type Names = (id: string) => string;

/** One line for an element that came or went; for a changed one also a line for each key. */
export function drawDifference(difference: WireDifference, names: Names, paint: Paint): string {
  const element = difference.after ?? difference.before;
  if (!element) return '';
  const title = titleOf(element, names);
  if (difference.kind === 'added') return `${paint.added(`+ ${title}`)}\n`;
  if (difference.kind === 'removed') return `${paint.removed(`- ${title}`)}\n`;
  const lines = difference.keys.flatMap((key) => drawKeyChange(key, paint));
  return `${paint.changed(`~ ${title}`)}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** `bridge br0 (host1)`, `br0 -layer2-> eth0`. */
export function titleOf(element: WireElement, names: Names): string {
  if (isEdge(element)) {
    const relation = cellText(element.Metadata.RelationType);
    return `${cellText(names(element.Parent))} -${relation}-> ${cellText(names(element.Child))}`;
  }
  const host = element.Host && typeOf(element) !== 'host' ? ` (${cellText(element.Host)})` : '';
  return `${cellText(typeOf(element))} ${cellText(names(element.ID))}${host}`;
}
