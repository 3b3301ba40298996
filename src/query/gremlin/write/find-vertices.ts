/** The vertices that a map describes, for what merges into them. */
import type { GraphNode } from '../../../graph/element.ts';
import type { GraphView } from '../../../graph/view.ts';
import { testOf } from '../judge/test-of.ts';
import { type PropertyModel, Several } from '../property-graph.ts';
import type { Run } from '../run/run.ts';
import type { GMap } from '../value/collections.ts';
import { tokens } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { plain } from './merge-map.ts';

/** Those that have the label, the id and all the properties of the map. Breathes. */
export function* findVertices(map: GMap, run: Run): Generator<undefined, GraphNode[]> {
  const label = map.get(tokens.T.label);
  const tests = propertyTests(map);
  const found: GraphNode[] = [];
  for (const node of candidates(map, run)) {
    if (run.budget.spend()) yield undefined;
    if (label !== undefined && run.model.label(node) !== label) continue;
    if (tests.every((test) => test(node, run))) found.push(node);
  }
  return found;
}

export function propertyTests(map: GMap): ((element: Parameters<PropertyModel['label']>[0], run: Run) => boolean)[] {
  return [...map].flatMap(([key, value]) => {
    if (typeof key !== 'string') return [];
    const test = testOf(plain(value));
    return [
      (element, { model, view }) => {
        const held = model.reader(key)(element, view);
        return held instanceof Several ? held.values.some((one) => test(one)) : held !== undefined && test(held);
      },
    ];
  });
}

/** By the smallest that an index gives. */
function candidates(map: GMap, { model, view }: Run): Iterable<GraphNode> {
  const id = map.get(tokens.T.id);
  if (id !== undefined) {
    const node = model.node(id, view);
    return node === undefined ? [] : [node];
  }
  for (const [key, value] of map) {
    const found = typeof key === 'string' ? model.nodesWith(key, plain(value), view) : undefined;
    if (found !== undefined) return found;
  }
  return labelled(map.get(tokens.T.label), model, view) ?? view.nodes();
}

function labelled(label: GValue | undefined, model: PropertyModel, view: GraphView): Iterable<GraphNode> | undefined {
  return typeof label === 'string' ? model.nodesLabelled?.(label, view) : undefined;
}
