import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { edgesOf } from '../walk.ts';

export const bothE = defineStep({
  name: 'BothE',
  dialect: ['skydive'],
  doc: 'Edges in either direction, filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: 'host:h1 -ownership-> device:eth0\n host:h1 -layer2-> device:eth0',
    query: "G.V('host:h1').BothE().Values('RelationType')",
    gives: ['"ownership"', '"layer2"'],
  },
  gives: { nodes: 'edges' },
  stream: (wanted) => edgesOf('both', wanted),
});
