/** Vertices that are reached along edges, breadth first, each once. */
import { reached } from '../../reached.ts';
import type { Direction } from '../../walk.ts';
import type { Service } from '../service.ts';
import { Parameters } from './parameters.ts';
import { vertexOf } from './vertex-of.ts';

export const neighbors = reach('neighbors', 'both', 'in any direction');
export const ascendants = reach('ascendants', 'in', 'to parents');
export const descendants = reach('descendants', 'out', 'to children');

function reach(name: string, direction: Direction, where: string): Service {
  return {
    name,
    doc: `A vertex and what is reached from it along edges (of ownership) ${where}, each once, up to a depth.`,
    parameters: {
      depth: 'How far it goes: 1 when left out, 0 as far as there is something.',
      edges:
        "Edges to follow: a map of keys to values or predicates, one of which is met, such as `['RelationType': 'layer2']`.",
    },
    place: 'streaming',
    call(value, parameters, run) {
      const asked = new Parameters(name, parameters, ['depth', 'edges']);
      const depth = asked.count('depth') ?? 1;
      const from = vertexOf(value, name, run);
      return reached(direction, asked.conditions('edges'), depth === 0 ? Number.POSITIVE_INFINITY : depth)([from], run);
    },
  };
}
