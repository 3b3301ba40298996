import { reach } from '../arguments.ts';
import { reached } from '../reached.ts';
import { defineStep } from '../step.ts';

export const ascendants = defineStep({
  name: 'Ascendants',
  dialect: ['skydive'],
  doc: 'These nodes and what is reached from them along edges (of ownership) to parents, up to a depth (1); 0 is as far as it goes.',
  args: reach,
  example: {
    on: 'host:h1 -ownership-> netns:n\n netns:n -ownership-> device:eth0',
    query: "G.V('device:eth0').Ascendants()",
    gives: ['device:eth0', 'netns:n'],
  },
  gives: { nodes: 'nodes' },
  stream: ({ edges, depth }) => reached('in', edges, depth === 0 ? Number.POSITIVE_INFINITY : depth),
});
