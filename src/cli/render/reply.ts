/** The answer to a query in every form it can be printed in. */
import type { WireEdge, WireElement, WireNode } from '../../contract/element.ts';
import type { QueryReply } from '../../contract/query.ts';
import type { Paint } from '../../std/paint.ts';
import { usageFailure } from '../failure.ts';
import type { Clockface } from '../moment.ts';
import type { Format } from '../output.ts';
import { drawDifference, type Names } from './changes.ts';
import { drawCsv } from './csv.ts';
import { drawDot } from './dot.ts';
import { nameOf, valueAt } from './element.ts';
import { edgesGrid, keysGrid, nodesGrid } from './elements.ts';
import { fieldsGrid, flowsGrid, groupsGrid, sortedFlows } from './flows.ts';
import { cellText, type Grid, sorted } from './grid.ts';
import { drawHistory } from './history.ts';
import { drawMermaid } from './mermaid.ts';
import { plainGrid } from './plain.ts';
import { drawPlan } from './plan.ts';
import { drawTable } from './table.ts';

export interface Drawing {
  readonly format: Format;
  readonly hasHeaders: boolean;
  /** Columns of the terminal; undefined: nothing is cut. */
  readonly width: number | undefined;
  readonly clock: Clockface;
  readonly paint: Paint;
  /** Names of elements that the answer mentions by id only. */
  readonly names?: Names;
}

export async function drawReply(reply: QueryReply, drawing: Drawing): Promise<string> {
  const { format } = drawing;
  switch (format.kind) {
    case 'json':
      return `${JSON.stringify(reply, null, 2)}\n`;
    case 'ndjson':
      return itemsOf(reply)
        .map((item) => `${JSON.stringify(item)}\n`)
        .join('');
    case 'yaml':
      return (await import('yaml')).stringify(reply);
    case 'dot':
      return drawDot(...graphOf(reply, 'dot'));
    case 'mermaid':
      return drawMermaid(...graphOf(reply, 'mermaid'));
    case 'name':
      return elementsOf(reply, 'names')
        .map((element) => `${nameOf(element)}\n`)
        .join('');
    case 'csv':
      return gridsOf(reply, drawing)
        .map((grid) => drawCsv(grid, drawing))
        .join('\r\n');
    case 'columns':
      if (reply.kind === 'flows')
        return drawTable(fieldsGrid(reply.flows, format.keys), { ...drawing, width: undefined });
      return drawTable(keysGrid(elementsOf(reply, 'columns'), format.keys), { ...drawing, width: undefined });
    case 'skydive':
    case 'pcap':
      throw new Error('this shape comes from the server as it is');
    case 'compact':
    case 'dict':
      throw new Error('a shape of flows alone, which are drawn by their own command');
    case 'table':
    case 'wide':
      return drawText(reply, drawing);
  }
}

/** How many things an answer holds; a number is one thing. */
export function sizeOf(reply: QueryReply): number {
  if (reply.kind === 'value' || reply.kind === 'metric' || reply.kind === 'plan' || reply.kind === 'profile') return 1;
  return itemsOf(reply).length;
}

/** The items of a list-like answer, in the order to print them. */
export function sortedReply<R extends QueryReply>(reply: R, by: string): R {
  const isDescending = by.startsWith('-');
  const key = by.replace(/^-/, '');
  const sort = <T extends WireElement>(items: readonly T[]) =>
    sorted(items, (item) => valueAt(item, keyOfColumn[key.toUpperCase()] ?? key), isDescending);
  if (reply.kind === 'nodes') return { ...reply, nodes: sort(reply.nodes) };
  if (reply.kind === 'edges') return { ...reply, edges: sort(reply.edges) };
  if (reply.kind === 'graph') return { ...reply, nodes: sort(reply.nodes), edges: sort(reply.edges) };
  if (reply.kind === 'flows') return { ...reply, flows: sortedFlows(reply.flows, key, isDescending) };
  if (reply.kind === 'values') return { ...reply, values: sorted(reply.values, (value) => value, isDescending) };
  if (reply.kind === 'maps') return { ...reply, maps: sorted(reply.maps, (map) => map[key], isDescending) };
  return reply;
}

export function limitedReply<R extends QueryReply>(reply: R, limit: number): R {
  const cut = <T>(items: readonly T[]) => items.slice(0, limit);
  if (reply.kind === 'nodes') return { ...reply, nodes: cut(reply.nodes) };
  if (reply.kind === 'edges') return { ...reply, edges: cut(reply.edges) };
  if (reply.kind === 'values') return { ...reply, values: cut(reply.values) };
  if (reply.kind === 'flows') return { ...reply, flows: cut(reply.flows) };
  if (reply.kind === 'maps') return { ...reply, maps: cut(reply.maps) };
  if (reply.kind === 'paths') return { ...reply, paths: cut(reply.paths) };
  if (reply.kind === 'history') return { ...reply, elements: cut(reply.elements) };
  if (reply.kind === 'differences') return { ...reply, differences: cut(reply.differences) };
  if (reply.kind === 'graph') {
    const nodes = cut(reply.nodes);
    const kept = new Set(nodes.map((node) => node.ID));
    return { ...reply, nodes, edges: reply.edges.filter((edge) => kept.has(edge.Parent) && kept.has(edge.Child)) };
  }
  return reply;
}

/** Titles of columns that are not called as their key. */
const keyOfColumn: Readonly<Record<string, string>> = {
  NAME: 'Name',
  TYPE: 'Type',
  HOST: '@Host',
  STATE: 'State',
  ADDRESSES: 'IPV4',
  RELATION: 'RelationType',
  ID: '@ID',
  REVISION: '@Revision',
  SINCE: '@UpdatedAt',
  CREATED: '@CreatedAt',
  DELETED: '@DeletedAt',
};

function itemsOf(reply: QueryReply): readonly unknown[] {
  switch (reply.kind) {
    case 'graph':
      return [...reply.nodes, ...reply.edges];
    case 'nodes':
      return reply.nodes;
    case 'edges':
      return reply.edges;
    case 'paths':
      return reply.paths;
    case 'values':
      return reply.values;
    case 'maps':
      return reply.maps;
    case 'value':
      return [reply.value];
    case 'metrics':
      return Object.entries(reply.groups).flatMap(([ID, samples]) => samples.map((sample) => ({ ID, ...sample })));
    case 'metric':
      return [reply.sample];
    case 'nexthops':
      return Object.entries(reply.nextHops).map(([ID, hop]) => ({ ID, ...hop }));
    case 'differences':
      return reply.differences;
    case 'history':
      return reply.elements;
    case 'flows':
      return reply.flows;
    case 'flowgroups':
      return Object.entries(reply.flowGroups).flatMap(([GROUP, flows]) => flows.map((flow) => ({ GROUP, ...flow })));
    case 'packets':
      return Object.entries(reply.packets).flatMap(([ID, packets]) => packets.map((packet) => ({ ID, ...packet })));
    case 'sockets':
      return Object.entries(reply.sockets).flatMap(([ID, sockets]) => sockets.map((socket) => ({ ID, ...socket })));
    case 'plan':
      return [reply.plan];
    case 'profile':
      return [reply.profile];
  }
}

function elementsOf(reply: QueryReply, format: string): readonly WireElement[] {
  if (reply.kind === 'graph' || reply.kind === 'nodes') return reply.nodes;
  if (reply.kind === 'edges') return reply.edges;
  if (reply.kind === 'history') return reply.elements;
  if (reply.kind === 'paths') return reply.paths.flat();
  throw usageFailure(`${format} need nodes or edges, and the answer is ${reply.kind}`, 'take -o table or -o json');
}

function graphOf(reply: QueryReply, format: string): [readonly WireNode[], readonly WireEdge[]] {
  if (reply.kind === 'graph') return [reply.nodes, reply.edges];
  if (reply.kind === 'nodes') return [reply.nodes, []];
  if (reply.kind === 'edges') return [[], reply.edges];
  throw usageFailure(`${format} draws graphs, and the answer is ${reply.kind}`, 'let the query end in SubGraph()');
}

function drawText(reply: QueryReply, drawing: Drawing): string {
  const { names = nameItself } = drawing;
  switch (reply.kind) {
    case 'paths':
      return reply.paths.map((path) => `${path.map(nameOf).join(' → ')}\n`).join('');
    case 'values':
      return reply.values.map((value) => `${cellText(value)}\n`).join('');
    case 'value':
      return `${cellText(reply.value)}\n`;
    case 'differences':
      return reply.differences.map((difference) => drawDifference(difference, names, drawing.paint)).join('');
    case 'history':
      return drawHistory(reply.elements, { ...drawing, names });
    case 'plan':
      return drawPlan(reply.plan, drawing.width);
    case 'profile':
      return drawPlan(reply.profile, drawing.width);
    default:
      return gridsOf(reply, drawing)
        .map((grid) => drawTable(grid, drawing))
        .join('\n');
  }
}

const nameItself: Names = (id) => id;

function gridsOf(reply: QueryReply, { format, clock, names = nameItself }: Drawing): Grid[] {
  const isSpan = reply.time !== null && reply.time.from !== reply.time.to;
  const options = { clock, isWide: format.kind !== 'table', isSpan };
  if (reply.kind === 'nodes') return [nodesGrid(reply.nodes, options)];
  if (reply.kind === 'flows') return [flowsGrid(reply.flows, options)];
  if (reply.kind === 'flowgroups') return [groupsGrid(reply.flowGroups, options)];
  if (reply.kind === 'edges') return [edgesGrid(reply.edges, names, options)];
  if (reply.kind === 'graph') {
    const known = new Map(reply.nodes.map((node) => [node.ID, nameOf(node)]));
    const edges = edgesGrid(reply.edges, (id) => known.get(id) ?? id, options);
    return [nodesGrid(reply.nodes, options), ...(reply.edges.length > 0 ? [edges] : [])];
  }
  return [plainGrid(reply.kind === 'paths' ? reply.paths.flat() : itemsOf(reply), clock, names)];
}
