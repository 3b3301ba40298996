import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { neighbours } from '../walk.ts';

export const both = defineStep({
  name: 'Both',
  dialect: ['skydive'],
  doc: 'Neighbours in either direction, filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: 'netns:n -ownership-> host:h1\n host:h1 -ownership-> device:eth0\n host:h1 -ownership-> device:lo',
    query: "G.V('host:h1').Both()",
    gives: ['netns:n', 'device:eth0', 'device:lo'],
  },
  gives: { nodes: 'nodes' },
  stream: (wanted) => neighbours('both', wanted),
});
