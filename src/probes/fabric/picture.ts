/** A plan as nodes and edges: its own nodes, and links to those that others know. */
import type { GraphNode, Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { uuidV5 } from '../../std/uuid.ts';
import { type Picture, Sketch } from '../picture.ts';
import type { End } from './line.ts';
import type { Plan } from './plan.ts';

/** Nodes that one selection may mean. */
const SELECTED_MAX = 1_000;
/** Edges that all links together may make. */
const EDGES_MAX = 100_000;

export interface Drawn {
  readonly picture: Picture;
  /** Sentences: selections that mean too many, links that lead nowhere are none of these. */
  readonly notes: readonly string[];
}

function fabricId(host: string, path: readonly string[]): string {
  return uuidV5(['fabric', host, ...path]);
}

export function draw(plan: Plan, view: GraphView, host: string): Drawn {
  const sketch = new Sketch();
  const notes = new Set<string>();
  const selections = new Map<string, readonly string[]>();

  /** What is said of a node in several places comes together. */
  function node(path: readonly string[], said: Metadata, type?: string): string {
    const id = fabricId(host, path);
    const before = sketch.nodes.get(id);
    const kind = type ?? (typeof said.Type === 'string' && said.Type !== '' ? said.Type : (before?.Type ?? 'device'));
    sketch.nodes.set(id, { Name: path.at(-1) ?? '', ...before, ...said, Type: kind, TID: id, Probe: 'fabric' });
    if (path.length > 1) {
      const holder = node(path.slice(0, -1), {});
      sketch.link(holder, id, 'ownership', { Type: 'fabric' });
      sketch.link(holder, id, 'layer2', { Type: 'fabric' });
    }
    return id;
  }

  function ids(end: End): readonly string[] {
    if ('path' in end) return [node(end.path, end.metadata)];
    const key = JSON.stringify(end);
    let found = selections.get(key);
    if (!found) {
      found = [...selected(view, end)];
      selections.set(key, found);
    }
    if (found.length <= SELECTED_MAX) return found;
    notes.add(`*${JSON.stringify(end.select)} means more than ${SELECTED_MAX} nodes and links none of them: say which`);
    return [];
  }

  for (const { path, type, metadata } of plan.nodes) node(path, metadata, type);
  for (const { by, what } of plan.held)
    for (const id of ids(what)) sketch.link(fabricId(host, [by]), id, 'ownership', { Type: 'fabric' });
  for (const { from, to, holds, metadata, relation = 'layer2' } of plan.links)
    for (const parent of ids(from))
      for (const child of ids(to)) {
        if (parent === child) continue;
        if (sketch.edges.size >= EDGES_MAX) notes.add(`there are more than ${EDGES_MAX} links; the rest is left out`);
        else {
          // What others know has its holder there.
          if (holds && 'path' in to)
            sketch.link(parent, child, 'ownership', { Type: 'fabric', ...metadata }, 'fabric ownership');
          // Kept apart from what others say between the same nodes.
          sketch.link(parent, child, relation, { Type: 'fabric', ...metadata }, `fabric ${relation}`);
        }
      }
  return { picture: sketch, notes: [...notes] };
}

/** Nodes that probes and users know; never our own. */
function* selected(view: GraphView, { select, below }: Extract<End, { select: Metadata }>): Iterable<string> {
  let found: GraphNode[] = [];
  for (const node of candidates(view, select))
    if (node.metadata.Probe !== 'fabric' && matches(node, select)) found.push(node);
  for (const name of below)
    found = found.flatMap((node) => heldBy(view, node).filter(({ metadata }) => metadata.Name === name));
  for (const { id } of found) yield id;
}

function candidates(view: GraphView, select: Metadata): Iterable<GraphNode> {
  for (const [key, value] of Object.entries(select)) {
    const known = view.nodesWith(key, value);
    if (known) return known;
  }
  return view.nodes();
}

/** Values are written as text, whatever they are in the graph. */
function matches({ metadata }: GraphNode, select: Metadata): boolean {
  return Object.entries(select).every(([key, value]) => {
    const there = key
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], metadata);
    return (
      (typeof there === 'string' || typeof there === 'number' || typeof there === 'boolean') && String(there) === value
    );
  });
}

function heldBy(view: GraphView, node: GraphNode): GraphNode[] {
  const held: GraphNode[] = [];
  for (const edge of view.out(node)) if (edge.metadata.RelationType === 'ownership') held.push(...view.children(edge));
  return held;
}
