import type { GraphEdge } from '../../graph/element.ts';
import { mistake } from '../../std/mistake.ts';
import { optionalId } from '../arguments.ts';
import { defineStep, type Run, type Subgraph } from '../step.ts';

export const e = defineStep({
  name: 'E',
  dialect: ['skydive'],
  doc: 'All edges, or the one with this id.',
  args: optionalId,
  example: {
    on: 'host:h1 -ownership-> device:eth0',
    query: "G.E().Values('RelationType')",
    gives: ['"ownership"'],
  },
  gives: { start: 'edges', graph: 'edges' },
  // The input is read to its end first, for what it leaves behind: a time, names, a part of the graph.
  gather:
    ({ id }) =>
    ([part]: readonly Subgraph[], run) => {
      if (part?.view !== undefined) run.view = part.view;
      return edges(run, id);
    },
});

function* edges({ view, budget }: Run, id: string | undefined): Generator<GraphEdge | undefined> {
  let isEmpty = true;
  for (const edge of view.edges(id)) {
    if (budget.spend()) yield undefined;
    isEmpty = false;
    yield edge;
  }
  if (isEmpty && id !== undefined) throw mistake('query.no-such-edge', `Edge '${id}' does not exist`);
}
