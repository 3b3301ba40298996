import { nothing } from '../arguments.ts';
import { defineStep } from '../step.ts';

export const g = defineStep({
  name: 'G',
  dialect: ['skydive'],
  doc: 'Back to the start, at the same time; what As has named stays known.',
  args: nothing,
  example: {
    on: 'host:h1 -ownership-> device:eth0',
    query: "G.V().Has('Type', 'host').As('h').G.V().Has('Type', 'device').As('d').Select('h', 'd')",
    gives: ['host:h1', 'device:eth0'],
  },
  gives: { nodes: 'start', edges: 'start', graph: 'start', start: 'start' },
  gather: () => (_input, run) => {
    run.view = run.root;
    return [];
  },
});
