import { reach } from '../arguments.ts';
import { reached } from '../reached.ts';
import { defineStep } from '../step.ts';

export const descendants = defineStep({
  name: 'Descendants',
  dialect: ['skydive'],
  doc: 'These nodes and what is reached from them along edges (of ownership) to children, up to a depth (1); 0 is as far as it goes.',
  args: reach,
  example: {
    on: 'host:h1 -ownership-> netns:n\n netns:n -ownership-> device:eth0',
    query: "G.V('host:h1').Descendants(0)",
    gives: ['host:h1', 'netns:n', 'device:eth0'],
  },
  gives: { nodes: 'nodes' },
  stream: ({ edges, depth }) => reached('out', edges, depth === 0 ? Number.POSITIVE_INFINITY : depth),
});
