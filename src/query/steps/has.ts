import type { Flow } from '../../flow/flow.ts';
import type { Element, Value } from '../../graph/element.ts';
import { conditions } from '../arguments.ts';
import type { Condition } from '../condition.ts';
import { flowConditions } from '../flowkey.ts';
import { keepAll, keepFlows } from '../keep.ts';
import { isList } from '../key.ts';
import { keepSockets } from '../sockets.ts';
import { defineStep, type Items, type Run } from '../step.ts';

export const has = defineStep({
  name: 'Has',
  dialect: ['skydive'],
  doc: 'Keeps what has all of these keys with these values; a key alone asks that it is there.',
  args: conditions({ least: 1 }),
  example: {
    on: 'device:eth0 {"MTU":1500}\n device:lo {"MTU":65536}',
    query: "G.V().Has('Type', 'device', 'MTU', LT(9000))",
    gives: ['device:eth0'],
  },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history', values: 'values', flows: 'flows', sockets: 'sockets' },
  filter: (wanted, takes) => (takes === 'values' ? undefined : wanted),
  flowFilter: flowConditions,
  stream: (wanted, takes): ((input: Items, run: Run) => Items) => {
    switch (takes) {
      case 'values':
        return (input) => objects(input as Items<Value>, wanted);
      case 'flows': {
        const keep = keepFlows(flowConditions(wanted));
        return (input, run) => keep(input as Items<Flow>, run);
      }
      case 'sockets':
        return keepSockets((socket) => meets(socket, wanted));
      default: {
        const keep = keepAll(wanted);
        return (input, run) => keep(input as Items<Element>, run);
      }
    }
  },
});

/** The objects among values, also within lists: `Values('Neighbors').Has('State', 'REACHABLE')`. */
function* objects(input: Items<Value>, wanted: readonly Condition[]): Generator<Value | undefined> {
  for (const value of input) {
    if (value === undefined) yield undefined;
    else if (isList(value)) yield* objects(value, wanted);
    else if (typeof value === 'object' && value !== null && meets(value, wanted)) yield value;
  }
}

function meets(value: Value, wanted: readonly Condition[]): boolean {
  return wanted.every(({ key, predicate }) => predicate.test(key.find(value)));
}
