import { keys } from '../arguments.ts';
import { absent } from '../condition.ts';
import { keepAll } from '../keep.ts';
import type { Key } from '../key.ts';
import { defineStep } from '../step.ts';

export const hasNot = defineStep({
  name: 'HasNot',
  dialect: ['skydive'],
  doc: 'Keeps what does not have this key.',
  args: keys({ least: 1, most: 1 }),
  example: { on: 'device:eth0 {"MTU":1500}\n host:h1', query: "G.V().HasNot('MTU')", gives: ['host:h1'] },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history' },
  filter: wanted,
  stream: (keys) => keepAll(wanted(keys)),
});

function wanted(keys: readonly Key[]) {
  return keys.map((key) => ({ key, predicate: absent }));
}
