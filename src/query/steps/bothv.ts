import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { endsOf } from '../walk.ts';

export const bothV = defineStep({
  name: 'BothV',
  dialect: ['skydive'],
  doc: 'Nodes at both ends of the edges, parent first.',
  args: conditions({ least: 0 }),
  example: { on: 'host:h1 -ownership-> device:eth0', query: 'G.E().BothV()', gives: ['host:h1', 'device:eth0'] },
  gives: { edges: 'nodes' },
  stream: (wanted) => endsOf('both', wanted),
});
