import type { GraphNode } from '../../graph/element.ts';
import { way } from '../arguments.ts';
import { PathFinder } from '../path.ts';
import { defineStep, type Items, type Path } from '../step.ts';

export const shortestPathTo = defineStep({
  name: 'ShortestPathTo',
  dialect: ['skydive'],
  doc: 'From each node a shortest path, along edges in any direction, to the nearest node that matches; the second matcher chooses the edges.',
  args: way,
  example: {
    on: 'device:a -layer2-> bridge:br\n device:b -layer2-> bridge:br',
    query: "G.V('device:a').ShortestPathTo(Metadata('Name', 'b'), Metadata('RelationType', 'layer2'))",
    gives: ['device:a bridge:br device:b'],
  },
  gives: { nodes: 'paths' },
  stream: (wanted) =>
    function* (input: Items<GraphNode>, run): Generator<Path | undefined> {
      const finder = new PathFinder(wanted, run);
      for (const node of input) {
        if (node === undefined) yield undefined;
        else yield* finder.from(node);
      }
    },
});
