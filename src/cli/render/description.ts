/** Everything about one node, in sections; plain values first, tables after them. */
import type { WireEdge, WireNode } from '../../contract/element.ts';
import type { QueryReply, WireSample } from '../../contract/query.ts';
import type { Paint } from '../../std/paint.ts';
import { type Clockface, drawTime } from '../moment.ts';
import { type Place, qualifiedName, type Row } from '../things.ts';
import { nameOf, typeOf } from './element.ts';
import { cellText } from './grid.ts';
import { text } from './key-changes.ts';
import { plainGrid } from './plain.ts';
import { padEnd, widthOf } from './printable.ts';
import { neighboursOf, routesOf } from './routing.ts';
import { drawTable } from './table.ts';

/** What `describe -o json` prints. */
export interface Description {
  readonly schema: QueryReply['schema'];
  readonly kind: 'description';
  readonly node: WireNode;
  /** From the nearest to the host. */
  readonly owners: readonly WireNode[];
  readonly edges: readonly WireEdge[];
  readonly neighbours: readonly WireNode[];
  readonly counters: WireSample | null;
  /** Of a namespace: who waits for others there. */
  readonly listeners?: readonly Row[];
}

export interface DescriptionDrawing {
  readonly clock: Clockface;
  readonly paint: Paint;
  readonly width: number | undefined;
  readonly place: (node: WireNode) => Place;
}

export function drawDescription(description: Description, drawing: DescriptionDrawing): string {
  const { node, counters } = description;
  const { Name, Type, RoutingTables, Neighbors, Metric, LastUpdateMetric, ...rest } = node.Metadata;
  const place = { netns: undefined };
  const { clock, paint } = drawing;
  const tables = Object.entries(rest).filter(([, value]) => isTable(value));
  const plain = Object.entries(rest).filter(([, value]) => !isTable(value));
  const sections: [string, string][] = [
    ['', pairs(headOf(description, clock))],
    ['metadata', pairs(plain.flatMap(([key, value]) => keyLines(key, value)))],
    ...tables.map(([key, value]): [string, string] => [key, grid(value as Row[], drawing)]),
    ['links', pairs(linksOf(description, drawing.place))],
    ['routes', grid(routesOf(node, place), drawing, ['HOST', 'INTERFACE'])],
    ['neighbours', grid(neighboursOf(node, place), drawing, ['HOST', 'INTERFACE'])],
    [
      'listeners',
      grid(description.listeners ?? [], drawing, ['NODE', 'HOST', 'STATE', 'REMOTE', 'CONTAINER', 'OPENED']),
    ],
    ['last counters', pairs(countersOf(counters, clock))],
  ];
  return sections
    .filter(([, body]) => body !== '')
    .map(([title, body]) => (title ? `${paint.strong(title)}\n${body.replace(/^(?=.)/gm, '  ')}` : body))
    .join('\n');
}

function headOf({ node, owners }: Description, clock: Clockface): [string, string][] {
  const path = [...owners].reverse().map(nameOf);
  return [
    ['name', cellText(nameOf(node))],
    ['type', cellText(typeOf(node))],
    ['where', cellText([...path, nameOf(node)].join(' / '))],
    ['id', cellText(node.ID)],
    ['said by', cellText(node.Origin)],
    ['created', drawTime(node.CreatedAt, clock)],
    ['changed', `${drawTime(node.UpdatedAt, clock)} (revision ${node.Revision})`],
    ...(node.DeletedAt === null ? [] : [['deleted', drawTime(node.DeletedAt, clock)] as [string, string]]),
  ];
}

function linksOf({ node, edges, neighbours }: Description, place: DescriptionDrawing['place']): [string, string][] {
  const byId = new Map(neighbours.map((other) => [other.ID, other]));
  return edges.map((edge) => {
    const isParent = edge.Parent === node.ID;
    const other = byId.get(isParent ? edge.Child : edge.Parent);
    const relation = cellText(edge.Metadata.RelationType);
    const end = other ? `${typeOf(other)} ${qualifiedName(other, place(other))}` : isParent ? edge.Child : edge.Parent;
    return [relation, `${isParent ? 'to' : 'from'} ${cellText(end)}`];
  });
}

function countersOf(sample: WireSample | null, clock: Clockface): [string, string][] {
  if (!sample) return [];
  return Object.entries(sample).map(([key, value]) => [
    cellText(key),
    key === 'Start' || key === 'Last' ? drawTime(value, clock) : String(value),
  ]);
}

/** What is too long for a line has one for each of its keys, as queries ask for them: `Container.Image`. */
function keyLines(key: string, value: unknown): [string, string][] {
  const whole = valueText(value);
  if (!isMap(value) || whole.length <= LINE_MAX || isSwitches(value)) return [[key, whole]];
  return Object.entries(value).map(([inner, each]) => [`${key}.${inner}`, valueText(each)]);
}

const LINE_MAX = 100;

/** A map of switches (ethtool has sixty) as what is on; any other value on one line. */
function valueText(value: unknown): string {
  if (!isMap(value) || !isSwitches(value)) return text(value);
  const entries = Object.entries(value);
  const on = entries.filter(([, isOn]) => isOn).map(([key]) => key);
  return cellText(`${on.length} of ${entries.length} on: ${on.join(' ')}`);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSwitches(value: Readonly<Record<string, unknown>>): boolean {
  const all = Object.values(value);
  return all.length >= switchesMin && all.every((each) => typeof each === 'boolean');
}

/** Fewer are written out. */
const switchesMin = 8;

function isTable(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object' && item !== null);
}

function grid(rows: readonly Row[], { clock, width }: DescriptionDrawing, hidden: readonly string[] = []): string {
  if (rows.length === 0) return '';
  const shown = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => !hidden.includes(key))));
  const whole = plainGrid(shown, clock);
  const columns = whole.columns.map(({ title }) => ({ title, isOptional: true }));
  return drawTable({ ...whole, columns }, { hasHeaders: true, width: width && width - 2 });
}

function pairs(lines: readonly (readonly [string, string])[]): string {
  const widest = Math.max(0, ...lines.map(([key]) => widthOf(key)));
  return lines.map(([key, value]) => `${padEnd(cellText(key), widest)}  ${value}`.trimEnd().concat('\n')).join('');
}
