/** Nodes and edges for Graphviz (the DOT language; strings as in its grammar: only the quote is escaped). */
import type { WireEdge, WireNode } from '../../contract/element.ts';
import { nameOf, typeOf } from './element.ts';

export function drawDot(nodes: readonly WireNode[], edges: readonly WireEdge[]): string {
  return `digraph skein {\n${[...nodes.map(drawNode), ...edges.map(drawEdge)].map((line) => `  ${line};\n`).join('')}}\n`;
}

function drawNode(node: WireNode): string {
  return `${quoted(node.ID)} [label=${quoted(`${nameOf(node)}\n${typeOf(node)}`)}]`;
}

function drawEdge(edge: WireEdge): string {
  const relation = String(edge.Metadata.RelationType ?? '');
  // What is plugged together has no direction; what owns has one.
  const direction = relation === 'layer2' ? ', dir=none' : '';
  return `${quoted(edge.Parent)} -> ${quoted(edge.Child)} [label=${quoted(relation)}${direction}]`;
}

function quoted(text: string): string {
  // A backslash before a quote would hide it, and `\G`, `\N` would be replaced: all of them are doubled.
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\r', '').replaceAll('\n', '\\n')}"`;
}
