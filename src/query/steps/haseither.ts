import { conditions } from '../arguments.ts';
import { keepAny } from '../keep.ts';
import { defineStep } from '../step.ts';

export const hasEither = defineStep({
  name: 'HasEither',
  dialect: ['skydive'],
  doc: 'Keeps what has at least one of these keys with its value; a key may repeat.',
  args: conditions({ least: 1 }),
  example: {
    on: 'veth:a\n tun:b\n host:h1',
    query: "G.V().HasEither('Type', 'veth', 'Type', 'tun')",
    gives: ['veth:a', 'tun:b'],
  },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history' },
  stream: (wanted) => keepAny(wanted),
});
