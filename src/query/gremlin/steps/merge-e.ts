import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import type { Given } from '../arguments/given.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { javaType } from '../value/java-type.ts';
import { Reference } from '../value/reference.ts';
import { Token, tokens } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { findVertices, propertyTests } from '../write/find-vertices.ts';
import { propertiesOf } from '../write/merge-map.ts';
import { type MergeWords, type Merging, mergeWords, merging } from '../write/merging.ts';
import { vertexOf } from '../write/vertex-of.ts';

const { OUT, IN } = tokens.Direction;

export const mergeE = defineTraversalStep({
  name: 'mergeE',
  doc: 'The edges that the map describes, by their ends too; where there is none, a new one.',
  args: '[map]',
  count: [0, 1],
  place: ['start', 'step'],
  modulators: ['option', 'with'],
  writes: true,
  example: {
    query: "g.mergeE([(T.label): 'knows', (from): 1, (to): 6]).inV().values('name')",
    gives: ['peter'],
  },
  build(call, builder) {
    const words = mergeWords(call, builder);
    return merging(words, edgesFor(words), builder);
  },
});

function edgesFor({ outV, inV }: MergeWords): Merging {
  return {
    *resolved(map, traverser, run) {
      const ends = new GMap(map);
      for (const [direction, option] of [
        [OUT, outV],
        [IN, inV],
      ] as const) {
        const end = map.get(direction);
        if (!(end instanceof Token)) continue;
        const vertex = yield* ofOption(end, direction, option, traverser, run);
        if (vertex === undefined) return undefined;
        ends.set(direction, vertex);
      }
      return ends;
    },
    find: findEdges,
    create(all, run) {
      const [from, to] = [all.get(OUT), all.get(IN)];
      if (from === undefined || from === null)
        throw refused('Out Vertex not specified in onCreate - edge cannot be created');
      if (to === undefined || to === null)
        throw refused('In Vertex not specified in onCreate - edge cannot be created');
      const label = (all.get(tokens.T.label) ?? 'edge') as string;
      const [source, target] = [vertexAt(from, run), vertexAt(to, run)];
      return run.writer().addEdge(label, source, target, all.get(tokens.T.id), propertiesOf(all));
    },
  };
}

/** `[(OUT): Merge.outV]` with `option(Merge.outV, …)`: a vertex, or a map that describes one. Undefined: there is none. */
function* ofOption(
  token: Token,
  direction: Token,
  option: Given | undefined,
  traverser: Traverser,
  run: Run,
): Generator<undefined, GValue | undefined> {
  if (option === undefined)
    throw refused(`option(${token.name}) must be specified if it is used for Direction.${direction.name}`);
  const value = yield* option.ask(traverser, run);
  if (!(value instanceof GMap)) {
    if (isElement(value) || value instanceof Reference) return value;
    throw refused(`Vertex could not be resolved from mergeE: ${javaType(value)}`);
  }
  const [vertex] = yield* findVertices(value, run);
  return vertex;
}

/** Breathes. */
function* findEdges(map: GMap, run: Run): Generator<undefined, GraphEdge[]> {
  const label = map.get(tokens.T.label);
  const tests = propertyTests(map);
  const [from, to] = [endOf(map, OUT, run), endOf(map, IN, run)];
  // What is not there has no edges.
  if (from === null || to === null) return [];
  const found: GraphEdge[] = [];
  for (const edge of candidates(map, from, to, run)) {
    if (run.budget.spend()) yield undefined;
    if (label !== undefined && run.model.label(edge) !== label) continue;
    if (from !== undefined && edge.parent !== from.id) continue;
    if (to !== undefined && edge.child !== to.id) continue;
    if (tests.every((test) => test(edge, run))) found.push(edge);
  }
  return found;
}

/** Undefined: any. Null: none that is there. */
function endOf(map: GMap, direction: Token, run: Run): GraphNode | undefined | null {
  const value = map.get(direction);
  return value === undefined ? undefined : (vertexOf(value, run) ?? null);
}

function candidates(
  map: GMap,
  from: GraphNode | undefined,
  to: GraphNode | undefined,
  { model, view }: Run,
): Iterable<GraphEdge> {
  const id = map.get(tokens.T.id);
  if (id !== undefined) {
    const edge = model.edge(id, view);
    return edge === undefined ? [] : [edge];
  }
  if (from !== undefined) return view.out(from);
  return to === undefined ? view.edges() : view.in(to);
}

function vertexAt(value: GValue, run: Run): GraphNode {
  const vertex = vertexOf(value, run);
  if (vertex !== undefined) return vertex;
  const id = value instanceof Reference ? value.id : value;
  const name = typeof id === 'object' && id !== null ? javaType(id) : String(id);
  throw refused(`Vertex id could not be resolved from mergeE: ${name}`);
}

function refused(message: string): Error {
  return mistake('gremlin.merge', message);
}
