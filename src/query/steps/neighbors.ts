import { reach } from '../arguments.ts';
import { reached } from '../reached.ts';
import { defineStep } from '../step.ts';

export const neighbors = defineStep({
  name: 'Neighbors',
  dialect: ['skydive'],
  doc: 'These nodes and what is reached from them along edges (of ownership) in any direction, up to a depth (1).',
  args: reach,
  example: {
    on: 'host:h1 -ownership-> netns:n\n netns:n -ownership-> device:eth0',
    query: "G.V('netns:n').Neighbors()",
    gives: ['netns:n', 'host:h1', 'device:eth0'],
  },
  gives: { nodes: 'nodes' },
  stream: ({ edges, depth }) => reached('both', edges, depth),
});
