import type { GraphNode } from '../../graph/element.ts';
import { mistake } from '../../std/mistake.ts';
import { optionalId } from '../arguments.ts';
import { defineStep, type Items, type Run, type Subgraph } from '../step.ts';

export const v = defineStep({
  name: 'V',
  dialect: ['skydive'],
  doc: 'All nodes, or the one with this id.',
  args: optionalId,
  example: { on: 'host:h1 -ownership-> device:eth0', query: 'G.V()', gives: ['host:h1', 'device:eth0'] },
  gives: { start: 'nodes', graph: 'nodes' },
  stream:
    ({ id }, takes) =>
    (input: Items<Subgraph>, run) =>
      takes === 'graph' ? nodesOf(input, id) : nodes(run, id),
});

function* nodes({ view, budget }: Run, id: string | undefined): Generator<GraphNode | undefined> {
  let isEmpty = true;
  for (const node of view.nodes(id)) {
    if (budget.spend()) yield undefined;
    isEmpty = false;
    yield node;
  }
  if (isEmpty && id !== undefined) throw mistake('query.no-such-node', `Node '${id}' does not exist`);
}

function* nodesOf(input: Items<Subgraph>, id: string | undefined): Generator<GraphNode | undefined> {
  for (const graph of input) {
    if (graph === undefined) yield undefined;
    else yield* id === undefined ? graph.nodes : graph.nodes.filter((node) => node.id === id);
  }
}
