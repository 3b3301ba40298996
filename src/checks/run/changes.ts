/** Differences of the graph as evidence: a sentence for each, the nearest to a path first. */
import type { Element, GraphNode, Value } from '../../graph/element.ts';
import type { Difference } from '../../graph/view.ts';
import { differenceInWords, inWords } from '../../graph/words.ts';
import { type Atlas, nameOf } from '../../query/forwarding/atlas.ts';
import { placeOf } from '../../query/forwarding/place.ts';
import type { ChangeSeen } from '../result.ts';
import type { Breath } from './breath.ts';
import type { Differences } from './since.ts';

/** Changes that a result tells one by one; all of them are counted. */
const LIST_MAX = 50;
const TEXT_MAX = 300;
/** They move by themselves, and tell nothing of what was done. */
const RESTLESS = new Set([
  'Neighbors',
  'FDB',
  'Metric',
  // Each of its rules is told of by itself.
  'Netfilter',
  'LastUpdateMetric',
  'Captures',
  'PacketInjections',
  'Capture',
  'Sockets',
  'Statistics',
  'Conntrack',
]);

export interface Changes {
  readonly added: number;
  readonly removed: number;
  readonly updated: number;
  readonly list: readonly ChangeSeen[];
}

/** `near`: how far from the path an element is; the nearest come first, then the newest. */
export async function changesOf(
  { all, told }: Pick<Differences, 'all' | 'told'>,
  atlas: Atlas,
  breath: Breath,
  { near }: { readonly near?: (id: string) => number } = {},
): Promise<Changes> {
  const telling: { readonly seen: ChangeSeen; readonly rank: number }[] = [];
  const counts = { added: 0, removed: 0, changed: 0 };
  for (const [at, one] of all.entries()) {
    if (at % 64 === 63) await breath.take();
    if (!told.has(one)) told.set(one, seenOf(one, atlas));
    const seen = told.get(one);
    if (seen === undefined) continue;
    counts[one.kind]++;
    telling.push({ seen, rank: near?.(((one.after ?? one.before) as Element).id) ?? 0 });
  }
  const list = telling.toSorted((a, b) => a.rank - b.rank || b.seen.at - a.seen.at).map(({ seen }) => seen);
  return { added: counts.added, removed: counts.removed, updated: counts.changed, list: list.slice(0, LIST_MAX) };
}

function seenOf({ kind, before, after, keys }: Difference, atlas: Atlas): ChangeSeen | undefined {
  const element = (after ?? before) as Element;
  const said = keys.filter(({ key }) => !RESTLESS.has(key));
  if (kind === 'changed' && said.length === 0) return undefined;
  const at =
    kind === 'removed'
      ? (before?.validTo ?? before?.deletedAt ?? (before as Element).updatedAt)
      : (after as Element).updatedAt;
  const change = kind === 'changed' ? 'updated' : kind;
  if (element.kind === 'node') {
    const node = placeOf(element, atlas);
    const text = kind === 'changed' ? said.map(keyText).join('; ') : `${nameOf(element)} was ${kind}`;
    return { at, change, node, text: cut(kind === 'changed' ? `${nameOf(element)}: ${text}` : text) };
  }
  const ends = [element.parent, element.child].map((id) => {
    const node: GraphNode | undefined = atlas.node(id);
    return node === undefined ? id : nameOf(node);
  });
  const relation = String(element.metadata.RelationType ?? 'edge');
  return {
    at,
    change,
    text: cut(
      `${relation} ${ends.join(' – ')}${kind === 'changed' ? `: ${said.map(keyText).join('; ')}` : ` was ${kind}`}`,
    ),
  };
}

interface Key {
  readonly key: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** Of lists what came and what went: routes and rules are many. */
function keyText({ key, before, after }: Key): string {
  const [one, other] = [flat(before), flat(after)];
  if (one !== undefined && other !== undefined) {
    const gone = [...one].filter((text) => !other.has(text));
    const come = [...other].filter((text) => !one.has(text));
    const parts = [
      ...(gone.length > 0 ? [`without ${gone.slice(0, 3).join(', ')}`] : []),
      ...(come.length > 0 ? [`with ${come.slice(0, 3).join(', ')}`] : []),
    ];
    return `${key} ${parts.join(', ')}`;
  }
  const fields = differenceInWords(before, after);
  if (fields !== undefined) return `${key}: ${fields}`;
  if (before === undefined) return `${key} is ${textOf(after)} now`;
  return after === undefined ? `${key} (${textOf(before)}) is gone` : `${key} ${textOf(before)} → ${textOf(after)}`;
}

function flat(value: Value | undefined): Set<string> | undefined {
  if (!Array.isArray(value)) return undefined;
  return new Set(value.flatMap((one: Value) => inner(one).map(textOf)));
}

/** Of a table of routes its routes. */
function inner(value: Value): readonly Value[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [value];
  const routes = (value as Readonly<Record<string, Value>>).Routes;
  return Array.isArray(routes) ? routes : [value];
}

function textOf(value: Value | undefined): string {
  return cut(inWords(value));
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
