import type { GraphNode } from '../../graph/element.ts';
import { names } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { identityIn } from '../walk.ts';

export const select = defineStep({
  name: 'Select',
  dialect: ['skydive'],
  names: 'needed',
  doc: 'The nodes that As has named so, each once.',
  args: names({}),
  example: {
    on: 'host:h1 -ownership-> device:eth0',
    query: "G.V().Has('Type', 'host').As('h').Out().As('d').Select('h', 'd')",
    gives: ['host:h1', 'device:eth0'],
  },
  gives: { nodes: 'nodes' },
  gather: (wanted) => (_input: readonly GraphNode[], run) => {
    const identity = identityIn(run.view);
    const found = new Map<string, GraphNode>();
    for (const name of wanted) {
      for (const node of run.names.get(name) ?? []) found.set(identity(node), node);
    }
    run.budget.hold(found.size);
    return found.values();
  },
});
