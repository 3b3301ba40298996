import type { GraphEdge, GraphNode } from '../../graph/element.ts';
import { conditions } from '../arguments.ts';
import { type Condition, meetsAll } from '../condition.ts';
import { PartView } from '../partview.ts';
import { defineStep, type Items, type Path, type Run, type Subgraph } from '../step.ts';
import { identityIn } from '../walk.ts';

export const subGraph = defineStep({
  name: 'SubGraph',
  dialect: ['skydive'],
  doc: 'The graph of these nodes with the edges among them (filtered by the pairs), or of these edges with their ends.',
  args: conditions({ least: 0 }),
  example: {
    on: 'host:h1 -ownership-> device:a\n device:a -layer2-> device:b',
    query: "G.V().Has('Type', 'device').SubGraph().E().Values('RelationType')",
    gives: ['"layer2"'],
  },
  gives: { nodes: 'graph', edges: 'graph', paths: 'graph' },
  stream: (wanted, takes) => (input: Items<GraphNode | GraphEdge | Path>, run) => {
    switch (takes) {
      case 'edges':
        return aroundEdges(input as Items<GraphEdge>, wanted, run);
      case 'paths':
        return amongNodes(nodesOf(input as Items<Path>), wanted, run);
      default:
        return amongNodes(input as Items<GraphNode>, wanted, run);
    }
  },
});

function* amongNodes(input: Items<GraphNode>, wanted: readonly Condition[], run: Run): Generator<Subgraph | undefined> {
  const { view, budget } = run;
  const identity = identityIn(view);
  const nodes = new Map<string, GraphNode>();
  for (const node of input) {
    if (node === undefined) yield undefined;
    else nodes.set(identity(node), node);
  }
  budget.hold(nodes.size);
  const edges = new Map<string, GraphEdge>();
  for (const node of nodes.values()) {
    if (budget.spend()) yield undefined;
    for (const edge of view.out(node)) {
      if (budget.spend()) yield undefined;
      if (!meetsAll(wanted, edge, view)) continue;
      for (const child of view.children(edge)) if (nodes.has(identity(child))) edges.set(identity(edge), edge);
    }
  }
  yield subgraph(nodes, edges, run);
}

function* aroundEdges(
  input: Items<GraphEdge>,
  wanted: readonly Condition[],
  run: Run,
): Generator<Subgraph | undefined> {
  const { view, budget } = run;
  const identity = identityIn(view);
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  for (const edge of input) {
    if (edge === undefined || budget.spend()) yield undefined;
    if (edge === undefined || !meetsAll(wanted, edge, view)) continue;
    edges.set(identity(edge), edge);
    for (const ends of [view.parents(edge), view.children(edge)])
      for (const node of ends) nodes.set(identity(node), node);
  }
  yield subgraph(nodes, edges, run);
}

function subgraph(nodes: Map<string, GraphNode>, edges: Map<string, GraphEdge>, { view, budget }: Run): Subgraph {
  budget.hold(edges.size);
  return { nodes: [...nodes.values()], edges: [...edges.values()], view: new PartView(view, nodes, edges) };
}

function* nodesOf(paths: Items<Path>): Generator<GraphNode | undefined> {
  for (const path of paths) {
    if (path === undefined) yield undefined;
    else yield* path;
  }
}
