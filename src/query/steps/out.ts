import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { neighbours } from '../walk.ts';

export const out = defineStep({
  name: 'Out',
  dialect: ['skydive'],
  doc: 'Nodes that edges lead to from here (the children), filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: 'netns:n -ownership-> host:h1\n host:h1 -ownership-> device:eth0\n host:h1 -ownership-> device:lo',
    query: "G.V('host:h1').Out('Name', 'eth0')",
    gives: ['device:eth0'],
  },
  gives: { nodes: 'nodes' },
  stream: (wanted) => neighbours('out', wanted),
});
