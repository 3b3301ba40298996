import type { Flow } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import { conditions } from '../arguments.ts';
import { nodesOfFlows } from '../flowends.ts';
import { defineStep, type Items, type Run } from '../step.ts';
import { neighbours } from '../walk.ts';

export const both = defineStep({
  name: 'Both',
  dialect: ['skydive'],
  doc: 'Neighbours in either direction, filtered by the pairs; of flows, the nodes at both ends.',
  args: conditions({ least: 0 }),
  example: {
    on: 'netns:n -ownership-> host:h1\n host:h1 -ownership-> device:eth0\n host:h1 -ownership-> device:lo',
    query: "G.V('host:h1').Both()",
    gives: ['netns:n', 'device:eth0', 'device:lo'],
  },
  keysOf: () => 'metadata',
  gives: { nodes: 'nodes', flows: 'nodes' },
  stream: (wanted, takes): ((input: Items, run: Run) => Items<GraphNode>) => {
    const [near, atEnds] = [neighbours('both', wanted), nodesOfFlows(wanted, ['A', 'B'])];
    return (input, run) =>
      takes === 'flows' ? atEnds(input as Items<Flow>, run) : near(input as Items<GraphNode>, run);
  },
});
