import { conditions } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { endsOf } from '../walk.ts';

export const inV = defineStep({
  name: 'InV',
  dialect: ['skydive'],
  doc: 'Nodes the edges start from: the parents. (Standard Gremlin has it the other way round.)',
  args: conditions({ least: 0 }),
  example: { on: 'host:h1 -ownership-> device:eth0', query: 'G.E().InV()', gives: ['host:h1'] },
  gives: { edges: 'nodes' },
  stream: (wanted) => endsOf('parent', wanted),
});
