import type { Flow } from '../../flow/flow.ts';
import type { FlowCondition } from '../../flow/view.ts';
import type { Element } from '../../graph/element.ts';
import { conditions } from '../arguments.ts';
import type { Condition } from '../condition.ts';
import { flowTest } from '../flowkey.ts';
import { keepAny, keepFlows } from '../keep.ts';
import { equalTo } from '../predicates.ts';
import { keepSockets } from '../sockets.ts';
import { defineStep, type Items, type Run } from '../step.ts';

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
  gives: { nodes: 'nodes', edges: 'edges', history: 'history', flows: 'flows', sockets: 'sockets' },
  filter: sameKey,
  flowFilter: anyOf,
  stream: (wanted, takes): ((input: Items, run: Run) => Items) => {
    switch (takes) {
      case 'flows': {
        const keep = keepFlows(anyOf(wanted));
        return (input, run) => keep(input as Items<Flow>, run);
      }
      case 'sockets':
        return keepSockets((socket) => wanted.some(({ key, predicate }) => predicate.test(key.find(socket))));
      default: {
        const keep = keepAny(wanted);
        return (input, run) => keep(input as Items<Element>, run);
      }
    }
  },
});

function anyOf(wanted: readonly Condition[]): FlowCondition[] {
  return [{ anyOf: wanted.map(flowTest) }];
}

/** One key with several values is what WITHIN is, and an index can find it. */
function sameKey(wanted: readonly Condition[]): readonly Condition[] | undefined {
  const [first] = wanted;
  const values = wanted.flatMap(({ predicate }) => predicate.equals ?? []);
  const isWithin = wanted.every(({ key, predicate }) => key.text === first?.key.text && predicate.equals !== undefined);
  return first && isWithin ? [{ key: first.key, predicate: equalTo(values) }] : undefined;
}
