/**
 * Graphs as text, for tests, docs and bug reports. One line an edge or a lone node; more metadata as JSON behind a node:
 *
 *     host:h1 -ownership-> device:eth0 {"MTU":1500}
 *     netns:blue
 */
import type { Change } from './change.ts';
import type { Metadata } from './element.ts';
import { Graph, type GraphOptions } from './graph.ts';
import type { GraphView } from './view.ts';

const EDGE = /^(.+?) -(\w+)(\{.*?\})?-> (.+)$/;
const NODE = /^(\S+?)\s*(\{.*\})?$/;

export function readGraph(text: string, options: GraphOptions = {}): Graph {
  const graph = new Graph({ indexed: ['Name', 'Type'], ...options });
  graph.apply(readChanges(text), { host: 'test', origin: 'text.test', time: 1000 });
  return graph;
}

export function readChanges(text: string): Change[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .flatMap(readLine);
}

/** Lines are sorted, so that two equal graphs print equal text. */
export function drawGraph(view: GraphView): string {
  const lines: string[] = [];
  for (const node of view.nodes()) {
    const out = [...view.out(node)];
    for (const edge of out) lines.push(`${edge.parent} -${edge.metadata.RelationType}-> ${edge.child}`);
    if (out.length === 0 && [...view.in(node)].length === 0) lines.push(node.id);
  }
  return lines.sort().join('\n');
}

function readLine(line: string): Change[] {
  const [, from, relation, more, to] = EDGE.exec(line) ?? [];
  if (!from || !relation || !to) return [readNode(line)];
  const [parent, child] = [readNode(from), readNode(to)];
  const metadata = { RelationType: relation, ...readMetadata(more) };
  return [parent, child, { kind: 'edge', parent: parent.id, child: child.id, metadata }];
}

function readNode(text: string): Change & { kind: 'node' } {
  const [, id = text, more] = NODE.exec(text) ?? [];
  const [type = '', name = type] = id.split(':');
  const metadata = { Type: type, Name: name, ...readMetadata(more) };
  // A node that was named before keeps what was said of it then.
  return { kind: 'node', id, metadata, owns: new Set() };
}

function readMetadata(json: string | undefined): Metadata {
  return json === undefined ? {} : (JSON.parse(json) as Metadata);
}
