import { keys } from '../arguments.ts';
import { present } from '../condition.ts';
import { keepAll } from '../keep.ts';
import type { Key } from '../key.ts';
import { defineStep } from '../step.ts';

export const hasKey = defineStep({
  name: 'HasKey',
  dialect: ['skydive'],
  doc: 'Keeps what has this key, whatever its value.',
  args: keys({ least: 1, most: 1 }),
  example: { on: 'device:eth0 {"MTU":1500}\n host:h1', query: "G.V().HasKey('MTU')", gives: ['device:eth0'] },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history' },
  filter: wanted,
  stream: (keys) => keepAll(wanted(keys)),
});

function wanted(keys: readonly Key[]) {
  return keys.map((key) => ({ key, predicate: present }));
}
