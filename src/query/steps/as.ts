import type { GraphNode } from '../../graph/element.ts';
import { names } from '../arguments.ts';
import { defineStep } from '../step.ts';

export const as_ = defineStep({
  name: 'As',
  dialect: ['skydive'],
  names: 'given',
  doc: 'Gives the nodes a name, for Select.',
  args: names({ most: 1 }),
  example: { on: 'host:h1', query: "G.V().As('all').Select('all')", gives: ['host:h1'] },
  gives: { nodes: 'nodes' },
  gather:
    ([name = '']) =>
    (input: readonly GraphNode[], { names }) => {
      names.set(name, input);
      return input;
    },
});
