import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { edgesOf } from '../walk.ts';

export const outE = defineStep({
  name: 'OutE',
  dialect: ['skydive'],
  doc: 'Edges that leave from here, filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: 'host:h1 -ownership-> device:eth0\n host:h1 -layer2-> device:eth0',
    query: "G.V('host:h1').OutE('RelationType', 'layer2').Values('RelationType')",
    gives: ['"layer2"'],
  },
  gives: { nodes: 'edges' },
  stream: (wanted) => edgesOf('out', wanted),
});
