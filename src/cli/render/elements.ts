/** Nodes and edges as grids. */
import type { WireEdge, WireElement, WireNode } from '../../contract/element.ts';
import { type Clockface, drawTime } from '../moment.ts';
import type { Names } from './changes.ts';
import { nameOf, typeOf, valueAt } from './element.ts';
import type { Grid } from './grid.ts';

export interface GridOptions {
  readonly clock: Clockface;
  readonly isWide: boolean;
  /** The answer holds versions of a span of time: since when each was so belongs to it. */
  readonly isSpan?: boolean;
}

export function nodesGrid(nodes: readonly WireNode[], { clock, isWide, isSpan }: GridOptions): Grid {
  const wide = isWide ? versionColumns : [];
  const hasSince = isSpan && !isWide;
  return {
    columns: [
      ...(hasSince ? [{ title: 'SINCE' }] : []),
      { title: 'NAME' },
      { title: 'TYPE' },
      { title: 'HOST' },
      { title: 'STATE', isOptional: true },
      { title: 'MTU', isOptional: true },
      { title: 'MAC', isOptional: true },
      { title: 'ADDRESSES', isOptional: true },
      ...wide,
    ],
    rows: nodes.map((node) => [
      ...(hasSince ? [drawTime(node.UpdatedAt, clock)] : []),
      nameOf(node),
      typeOf(node),
      node.Host,
      node.Metadata.State,
      node.Metadata.MTU,
      node.Metadata.MAC,
      addressesOf(node),
      ...(isWide ? versionCells(node, clock) : []),
    ]),
  };
}

/** Ends by name where they are known, by id where they are not. */
export function edgesGrid(edges: readonly WireEdge[], names: Names, options: GridOptions): Grid {
  const wide = options.isWide ? versionColumns : [];
  return {
    columns: [{ title: 'FROM' }, { title: 'RELATION' }, { title: 'TO' }, { title: 'TYPE', isOptional: true }, ...wide],
    rows: edges.map((edge) => [
      names(edge.Parent),
      edge.Metadata.RelationType,
      names(edge.Child),
      typeOf(edge),
      ...(options.isWide ? versionCells(edge, options.clock) : []),
    ]),
  };
}

/** `-o columns=Name,MTU,@UpdatedAt`: keys as in queries. */
export function keysGrid(elements: readonly WireElement[], keys: readonly string[]): Grid {
  return {
    columns: keys.map((key) => ({ title: key })),
    rows: elements.map((element) => keys.map((key) => valueAt(element, key))),
  };
}

/** IPv4 first, without what every interface has. */
export function addressesOf(node: WireNode): string[] {
  const { IPV4, IPV6 } = node.Metadata;
  const all = [...(Array.isArray(IPV4) ? IPV4 : []), ...(Array.isArray(IPV6) ? IPV6 : [])].map(String);
  return all.filter((address) => !address.startsWith('fe80:'));
}

const versionColumns = [
  { title: 'ID' },
  { title: 'REVISION' },
  { title: 'SINCE' },
  { title: 'CREATED' },
  { title: 'DELETED', isOptional: true },
];

function versionCells(element: WireElement, clock: Clockface): unknown[] {
  return [
    element.ID,
    element.Revision,
    drawTime(element.UpdatedAt, clock),
    drawTime(element.CreatedAt, clock),
    element.DeletedAt === null ? undefined : drawTime(element.DeletedAt, clock),
  ];
}
