import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { edgesOf } from '../walk.ts';

export const inE = defineStep({
  name: 'InE',
  dialect: ['skydive'],
  doc: 'Edges that arrive here, filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: 'host:h1 -ownership-> device:eth0\n host:h1 -layer2-> device:eth0',
    query: "G.V('device:eth0').InE().Values('RelationType')",
    gives: ['"ownership"', '"layer2"'],
  },
  gives: { nodes: 'edges' },
  stream: (wanted) => edgesOf('in', wanted),
});
