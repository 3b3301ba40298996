import type { Flow } from '../../flow/flow.ts';
import type { Element } from '../../graph/element.ts';
import { keys } from '../arguments.ts';
import { absent } from '../condition.ts';
import { flowConditions } from '../flowkey.ts';
import { keepAll, keepFlows } from '../keep.ts';
import type { Key } from '../key.ts';
import { defineStep, type Items, type Run } from '../step.ts';

export const hasNot = defineStep({
  name: 'HasNot',
  dialect: ['skydive'],
  doc: 'Keeps what does not have this key.',
  args: keys({ least: 1, most: 1 }),
  example: { on: 'device:eth0 {"MTU":1500}\n host:h1', query: "G.V().HasNot('MTU')", gives: ['host:h1'] },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history', flows: 'flows' },
  filter: wanted,
  flowFilter: (keys) => flowConditions(wanted(keys)),
  stream: (keys, takes): ((input: Items, run: Run) => Items) => {
    const flows = keepFlows(flowConditions(wanted(keys)));
    const elements = keepAll(wanted(keys));
    return (input, run) =>
      takes === 'flows' ? flows(input as Items<Flow>, run) : elements(input as Items<Element>, run);
  },
});

function wanted(keys: readonly Key[]) {
  return keys.map((key) => ({ key, predicate: absent }));
}
