import { PathFinder } from '../../path.ts';
import type { Service } from '../service.ts';
import { Path } from '../value/value.ts';
import { Parameters } from './parameters.ts';
import { vertexOf } from './vertex-of.ts';

export const shortestPath: Service = {
  name: 'shortestPath',
  doc: 'A shortest path, along edges in any direction, from a vertex to the nearest one that matches.',
  parameters: {
    to: "What the end has to match, a map of keys to values or predicates, such as `['Name': 'eth0']`; needed.",
    edges: "What edges have to match, such as `['RelationType': 'layer2']`.",
  },
  place: 'streaming',
  *call(value, parameters, run) {
    const asked = new Parameters('shortestPath', parameters, ['to', 'edges']);
    const target = asked.conditions('to');
    if (target.length === 0) throw asked.wrong('to', "is needed, such as ['Name': 'eth0']");
    const finder = new PathFinder({ target, edges: asked.conditions('edges') }, run);
    for (const path of finder.from(vertexOf(value, 'shortestPath', run)))
      yield path &&
        new Path(
          path,
          path.map(() => []),
        );
  },
};
