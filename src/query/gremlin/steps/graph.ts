import type { Element } from '../../../graph/element.ts';
import type { GraphView } from '../../../graph/view.ts';
import type { PropertyModel } from '../property-graph.ts';
import type { Run } from '../run/run.ts';
import { defineTraversalStep, type FlatMapOp, type Wanted } from '../step.ts';
import { idsOf } from '../value/ids-of.ts';
import { Reference } from '../value/reference.ts';
import type { GValue } from '../value/value.ts';

export const v = defineTraversalStep({
  name: 'V',
  doc: 'Vertices: all of them, or those of the ids.',
  args: '[id, …]',
  count: [0, Number.POSITIVE_INFINITY],
  place: ['start', 'step'],
  example: { query: 'g.V().count()', gives: ['6'] },
  build: (call, builder) => ofCall('node', builder.values(call)),
});

export const e = defineTraversalStep({
  name: 'E',
  doc: 'Edges: all of them, or those of the ids.',
  args: '[id, …]',
  count: [0, Number.POSITIVE_INFINITY],
  place: ['start', 'step'],
  example: { query: 'g.E().count()', gives: ['6'] },
  build: (call, builder) => ofCall('edge', builder.values(call)),
});

/** One empty list of ids is as none at all. */
function ofCall(kind: Element['kind'], given: readonly GValue[]): FlatMapOp {
  const ids = idsOf(given);
  return elements(kind, ids, ids.length > 0 || given.length > 1);
}

function elements(
  kind: Element['kind'],
  ids: readonly GValue[],
  hasIds: boolean,
  wanted: readonly Wanted[] = [],
): FlatMapOp {
  return {
    kind: 'flatMap',
    flatMap: (_traverser, run) => (hasIds ? byIds(kind, ids, run) : scan(kind, wanted, run)),
    size: (_traverser, { view }) =>
      hasIds || wanted.length > 0 ? undefined : kind === 'node' ? view.nodeCount : view.edgeCount,
    narrowed: (more) => elements(kind, ids, hasIds, more),
  };
}

function* byIds(kind: Element['kind'], ids: readonly GValue[], run: Run): Generator<Element> {
  for (const id of ids) {
    const found = find(kind, id, run);
    if (found !== undefined) yield* isSpan(run.view) ? versions(found, run.view) : [found];
  }
}

function isSpan({ time }: GraphView): boolean {
  return time !== undefined && time.from !== time.to;
}

/** In a span an id stands for each version of it, as it does without ids. */
function versions({ kind, id }: Element, view: GraphView): Iterable<Element> {
  return kind === 'node' ? view.nodes(id) : view.edges(id);
}

function find(kind: Element['kind'], id: GValue, { model, view }: Run): Element | undefined {
  if (id !== null && typeof id === 'object' && 'kind' in id && 'metadata' in id)
    return kind === 'node' ? model.node(model.id(id), view) : model.edge(model.id(id), view);
  const known = id instanceof Reference ? id.id : id;
  return kind === 'node' ? model.node(known, view) : model.edge(known, view);
}

/** By the smallest that an index gives; all of them where none knows. */
function scan(kind: Element['kind'], wanted: readonly Wanted[], run: Run): Iterable<Element> {
  const { model, view } = run;
  for (const want of wanted) {
    if (want.values.length === 0) return [];
    if (want.of === 'id') return once([byIds(kind, want.values, run)]);
  }
  if (kind === 'edge') return view.edges();
  // A property tells more than a label.
  for (const which of ['property', 'label'] as const)
    for (const want of wanted) {
      const found = want.of === which ? nodesOf(want, model, view) : undefined;
      if (found !== undefined) return found;
    }
  return view.nodes();
}

/** Undefined where an index does not know one of the values. */
function nodesOf(want: Wanted, model: PropertyModel, view: GraphView): Iterable<Element> | undefined {
  if (want.values.length > INDEXED_VALUES_MAX) return undefined;
  const found: Iterable<Element>[] = [];
  for (const value of new Set(want.values)) {
    // No element has a property or a label that is null.
    if (value === null) continue;
    const some = want.of === 'property' ? model.nodesWith(want.key, value, view) : labelled(value, model, view);
    if (some === undefined) return undefined;
    found.push(some);
  }
  if (found.length === 1) return found[0];
  return want.of === 'label' ? inTurn(found) : once(found);
}

/** An element has one label. */
function* inTurn(found: readonly Iterable<Element>[]): Generator<Element> {
  for (const some of found) yield* some;
}

/** A node may be found by several values of one property. */
function* once(found: readonly Iterable<Element>[]): Generator<Element> {
  const seen = new Set<Element>();
  for (const some of found)
    for (const element of some) {
      if (seen.has(element)) continue;
      seen.add(element);
      yield element;
    }
}

/** For more values than this one pass over all nodes is as good. */
const INDEXED_VALUES_MAX = 1000;

function labelled(label: GValue, model: PropertyModel, view: GraphView): Iterable<Element> | undefined {
  return typeof label === 'string' ? model.nodesLabelled?.(label, view) : [];
}
