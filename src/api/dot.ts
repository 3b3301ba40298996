/** A graph as Graphviz text: what `Accept: text/vnd.graphviz` asks for. */
import type { GraphEdge, GraphNode, Metadata, Value } from '../graph/element.ts';

/** The keys of a node that are worth a line in its box. */
const shown = ['Type', 'State', 'IfIndex', 'MAC', 'IPV4', 'IPV6', 'TID'];

export function* dotPieces(nodes: Iterable<GraphNode>, edges: Iterable<GraphEdge>): Generator<string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  yield 'digraph g {\n';
  for (const node of nodes) {
    const short = `${text(node.metadata.Name)}-${node.id.slice(0, 8)}`;
    // Ids that people give out may begin alike.
    const name = taken.has(short) ? `${text(node.metadata.Name)}-${node.id}` : short;
    taken.add(name);
    names.set(node.id, name);
    const lines = shown.filter((key) => node.metadata[key] !== undefined).map((key) => line(node.metadata, key));
    yield `${quoted(name)} [label=${quoted([name, ...lines].join('\n'))}]\n`;
  }
  for (const edge of edges) {
    const parent = names.get(edge.parent) ?? edge.parent;
    const child = names.get(edge.child) ?? edge.child;
    const relation = text(edge.metadata.RelationType);
    const direction = relation === 'ownership' ? 'forward' : 'both';
    yield `${quoted(parent)} -> ${quoted(child)} [label=${word(relation)},dir=${direction}]\n`;
  }
  yield '}\n';
}

function line(metadata: Metadata, key: string): string {
  return `${key} = ${text(metadata[key])}`;
}

function text(value: Value | undefined): string {
  if (value === undefined) return '';
  // As Skydive writes them.
  if (Array.isArray(value)) return `[${value.map(text).join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A plain word needs no quotes. */
function word(value: string): string {
  return /^[A-Za-z_]\w*$/.test(value) ? value : quoted(value);
}

/** DOT knows `\"`, `\\` and `\n` in a quoted string. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, ' ')}"`;
}
