/** `G.V()…` sent to the standard door: its answer as values that drivers understand. */

import { GMap } from '../../query/gremlin/value/collections.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import type { Answer } from '../../query/query.ts';
import { mistake } from '../../std/mistake.ts';
import type { Queries } from '../queries.ts';

export function skydiveAsker(queries: Queries): (text: string, signal: AbortSignal) => Promise<readonly GValue[]> {
  return async (text, signal) => valuesOf(await queries.ask(text.trim(), { signal }));
}

function valuesOf(answer: Answer): readonly GValue[] {
  switch (answer.kind) {
    case 'graph':
      return [...answer.nodes, ...answer.edges];
    case 'nodes':
      return answer.nodes;
    case 'edges':
      return answer.edges;
    case 'history':
      return answer.elements;
    case 'value':
      return [plainValue(answer.value)];
    case 'values':
      return answer.values.map(plainValue);
    case 'maps':
      return answer.maps.map(plainValue);
    case 'flows':
      return answer.flows.map(plainValue);
    case 'paths':
      return answer.paths;
    default:
      throw mistake('gremlin.dialect', `a query in this spelling that gives ${answer.kind} is asked at /api/topology`);
  }
}

/** JSON to values: objects are maps. */
function plainValue(value: unknown): GValue {
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value === undefined ? null : (value as GValue);
  return new GMap(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
}
