import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { neighbours } from '../walk.ts';

export const in_ = defineStep({
  name: 'In',
  dialect: ['skydive'],
  doc: 'Nodes that edges lead here from (the parents), filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: 'netns:n -ownership-> host:h1\n host:h1 -ownership-> device:eth0\n host:h1 -ownership-> device:lo',
    query: "G.V('device:lo').In()",
    gives: ['host:h1'],
  },
  gives: { nodes: 'nodes' },
  stream: (wanted) => neighbours('in', wanted),
});
