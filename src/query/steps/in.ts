import type { Flow } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import { conditions } from '../arguments.ts';
import { nodesOfFlows } from '../flowends.ts';
import { defineStep, type Items, type Run } from '../step.ts';
import { neighbours } from '../walk.ts';

export const in_ = defineStep({
  name: 'In',
  dialect: ['skydive'],
  doc: 'Nodes that edges lead here from (the parents), filtered by the pairs; of flows, the nodes at their end A, where they began.',
  args: conditions({ least: 0 }),
  example: {
    on: 'netns:n -ownership-> host:h1\n host:h1 -ownership-> device:eth0\n host:h1 -ownership-> device:lo',
    query: "G.V('device:lo').In()",
    gives: ['host:h1'],
  },
  keysOf: () => 'metadata',
  gives: { nodes: 'nodes', flows: 'nodes' },
  stream: (wanted, takes): ((input: Items, run: Run) => Items<GraphNode>) => {
    const [near, atEnds] = [neighbours('in', wanted), nodesOfFlows(wanted, ['A'])];
    return (input, run) =>
      takes === 'flows' ? atEnds(input as Items<Flow>, run) : near(input as Items<GraphNode>, run);
  },
});
