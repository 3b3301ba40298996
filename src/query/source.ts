/** Where elements come from: an index when one of the conditions has one, else all of them, filtered on the way. */
import type { Element, GraphEdge, GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { type Condition, meetsAll } from './condition.ts';
import type { Items, Run } from './step.ts';

interface Source {
  readonly of: 'nodes' | 'edges';
  readonly conditions: readonly Condition[];
}

export function sourceStage({ of, conditions }: Source): (input: Items, run: Run) => Items<Element> {
  const indexable = indexableOf(conditions, of);
  return function* (input, { view, budget }) {
    for (const _ of input) yield undefined;
    const found = bestLookup(indexable, of, view);
    const rest = found === undefined ? conditions : conditions.filter((condition) => condition !== found.condition);
    for (const element of found?.elements ?? (of === 'nodes' ? view.nodes() : view.edges())) {
      if (budget.spend()) yield undefined;
      if (meetsAll(rest, element, view)) yield element;
    }
  };
}

/** Conditions that an index could answer, if there is one for their key. */
export function indexableOf(conditions: readonly Condition[], of: 'nodes' | 'edges'): readonly Condition[] {
  return conditions.filter(({ key, predicate }) => {
    const isKnown = predicate.equals !== undefined && predicate.equals.length <= LOOKUPS_MAX;
    return isKnown && (key.text === '@ID' || (of === 'nodes' && key.path !== undefined));
  });
}

/** `V().Count()`: now is counted without a look; at another time the view would have to look at all in one go. */
export function countStage(of: 'nodes' | 'edges'): (input: Items, run: Run) => Items<number> {
  return function* (input, { view, budget }) {
    for (const _ of input) yield undefined;
    if (view.time === undefined) {
      yield of === 'nodes' ? view.nodeCount : view.edgeCount;
      return;
    }
    let found = 0;
    for (const _ of of === 'nodes' ? view.nodes() : view.edges()) {
      if (budget.spend()) yield undefined;
      found++;
    }
    yield found;
  };
}

export interface Lookup {
  readonly condition: Condition;
  readonly elements: Iterable<Element>;
}

/** Values of one WITHIN that are looked up one by one. */
const LOOKUPS_MAX = 100;
/** Elements that several look-ups may give together: beyond it, looking at all of them is as good. */
const TOGETHER_MAX = 5000;
/** Elements taken from each look-up to see which is the shortest. */
const PROBE_MAX = 256;

/** The look-up that gives the fewest elements; undefined when no condition has an index here. */
export function bestLookup(
  conditions: readonly Condition[],
  of: 'nodes' | 'edges',
  view: GraphView,
): Lookup | undefined {
  let best: Lookup | undefined;
  let bestCount = Number.POSITIVE_INFINITY;
  const isAlone = conditions.length === 1;
  for (const condition of conditions) {
    const elements = lookUp(condition, of, view);
    if (elements === undefined) continue;
    if (isAlone) return { condition, elements };
    const { head, isAll } = take(elements, Math.min(PROBE_MAX, bestCount));
    if (isAll && head.length < bestCount) {
      best = { condition, elements: head };
      bestCount = head.length;
    } else if (best === undefined) {
      // Too long to be compared: the first of its kind will do, read anew.
      best = { condition, elements: lookUp(condition, of, view) ?? [] };
    }
  }
  return best;
}

export function take(elements: Iterable<Element>, most: number): { head: Element[]; isAll: boolean } {
  const head: Element[] = [];
  for (const element of elements) {
    if (head.length >= most) return { head, isAll: false };
    head.push(element);
  }
  return { head, isAll: true };
}

function lookUp({ key, predicate }: Condition, of: 'nodes' | 'edges', view: GraphView): Iterable<Element> | undefined {
  const values = predicate.equals ?? [];
  if (key.text === '@ID') return together(values.map((id) => (typeof id === 'string' ? byId(id, of, view) : [])));
  const found: Iterable<GraphNode>[] = [];
  for (const value of values) {
    const nodes = view.nodesWith(key.path as string, value);
    if (nodes === undefined) return undefined;
    found.push(nodes);
  }
  return together(found);
}

function byId(id: string, of: 'nodes' | 'edges', view: GraphView): Iterable<GraphNode | GraphEdge> {
  return of === 'nodes' ? view.nodes(id) : view.edges(id);
}

/** Each once, and oldest first as in a scan: a node may hold two of the values. */
function together(parts: readonly Iterable<Element>[]): Iterable<Element> | undefined {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const all = new Set<Element>();
  for (const part of parts)
    for (const element of part) {
      all.add(element);
      if (all.size > TOGETHER_MAX) return undefined;
    }
  return [...all].sort((a, b) => a.createdAt - b.createdAt);
}
