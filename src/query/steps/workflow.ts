import { mistake } from '../../std/mistake.ts';
import { called } from '../arguments.ts';
import { defineStep, type Subgraph } from '../step.ts';
import { graphIn } from '../workflow-graph.ts';

export const workflow = defineStep({
  name: 'Workflow',
  dialect: ['skydive'],
  doc: 'Calls a workflow by its name or id, with what follows as its parameters; the nodes and edges that it gives are the graph.',
  args: called,
  example: {
    on: 'host:h1',
    query: "G.Workflow('Echo', 'h2').V().Values('Name')",
    gives: ['"h2"'],
  },
  gives: { start: 'graph' },
  gather:
    ({ name, params }) =>
    async (_input, run): Promise<Subgraph[]> => {
      if (run.workflow === undefined)
        throw mistake('query.no-workflows', 'there are no workflows here', 'ask the server that has them');
      return [graphIn(await run.workflow(name, params), { name, nowMs: run.nowMs, budget: run.budget })];
    },
});
