import type { GraphNode } from '../../graph/element.ts';
import { mistake } from '../../std/mistake.ts';
import { optionalId } from '../arguments.ts';
import { defineStep, type Run, type Subgraph } from '../step.ts';

export const v = defineStep({
  name: 'V',
  dialect: ['skydive'],
  doc: 'All nodes, or the one with this id.',
  args: optionalId,
  example: { on: 'host:h1 -ownership-> device:eth0', query: 'G.V()', gives: ['host:h1', 'device:eth0'] },
  gives: { start: 'nodes', graph: 'nodes' },
  // The input is read to its end first, for what it leaves behind: a time, names, a part of the graph.
  gather:
    ({ id }) =>
    ([part]: readonly Subgraph[], run) => {
      if (part?.view !== undefined) run.view = part.view;
      return nodes(run, id);
    },
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
