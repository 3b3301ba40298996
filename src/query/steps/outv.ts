import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { endsOf } from '../walk.ts';

export const outV = defineStep({
  name: 'OutV',
  dialect: ['skydive'],
  doc: 'Nodes the edges lead to: the children. (Standard Gremlin has it the other way round.)',
  args: conditions({ least: 0 }),
  example: { on: 'host:h1 -ownership-> device:eth0', query: 'G.E().OutV()', gives: ['device:eth0'] },
  gives: { edges: 'nodes' },
  stream: (wanted) => endsOf('child', wanted),
});
