/** A graph of one's own does what a plain map would do, and every earlier moment stays as it was. */
import fc from 'fast-check';
import type { Element, GraphEdge, GraphNode } from '../../../../src/graph/element.ts';
import type { GraphView } from '../../../../src/graph/view.ts';
import { OwnGraph } from '../../../../src/query/gremlin/model/own-graph.ts';
import { Num } from '../../../../src/query/gremlin/value/num.ts';
import type { GValue } from '../../../../src/query/gremlin/value/value.ts';

type Op =
  | { kind: 'vertex'; id: number; label: string; value: GValue }
  | { kind: 'edge'; id: number; from: number; to: number; value: GValue }
  | { kind: 'set'; of: number; key: string; value: GValue; cardinality: 'single' | 'list' | 'set' }
  | { kind: 'unset'; of: number; key: string; nth: number }
  | { kind: 'drop'; of: number };

const id = fc.nat(6);
const key = fc.constantFrom('a', 'b', 'constructor', '1', '__proto__');
const value = fc.constantFrom<GValue>('x', '', 1, 2, new Num('long', 1), 1.5, Number.NaN, true, [1, 'x']);
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constant('vertex' as const), id, label: fc.constantFrom('p', 'q'), value }),
  fc.record({ kind: fc.constant('edge' as const), id, from: id, to: id, value }),
  fc.record({
    kind: fc.constant('set' as const),
    of: id,
    key,
    value,
    cardinality: fc.constantFrom('single' as const, 'list' as const, 'set' as const),
  }),
  fc.record({ kind: fc.constant('unset' as const), of: id, key, nth: fc.nat(2) }),
  fc.record({ kind: fc.constant('drop' as const), of: id }),
);

interface Plain {
  vertices: Map<number, { label: string; properties: Map<string, GValue[]> }>;
  edges: Map<number, { from: number; to: number; value: GValue }>;
}

test("a graph of one's own is what a plain map would be, now and at every moment before", () => {
  fc.assert(
    fc.property(
      fc.array(op, { maxLength: 40 }),
      fc.constantFrom([], ['a', '1'], ['a', 'b', 'constructor', '__proto__']),
      (ops, indexed) => {
        let time = 0;
        const own = new OwnGraph({ nowMs: () => ++time, indexed });
        const plain: Plain = { vertices: new Map(), edges: new Map() };
        const moments: { time: number; view: GraphView; told: unknown }[] = [];
        for (const one of ops) {
          const refused = { own: refusedBy(() => change(own, one)), plain: refusedBy(() => changePlain(plain, one)) };
          expect(refused.own).toBe(refused.plain);
          expect(told(own, own.graph.now())).toEqual(toldPlain(plain));
          moments.push({ time: own.graph.lastTime, view: own.graph.now(), told: toldPlain(plain) });
        }
        for (const { view, time: at, told: expected } of moments) {
          expect(told(own, view)).toEqual(expected);
          if (at > 0) expect(told(own, own.graph.at(at))).toEqual(expected);
        }
        for (const wanted of ['a', '1', '__proto__', 'constructor']) {
          for (const { view } of moments.slice(-3)) {
            const found = own.model.nodesWith(wanted, 1, view);
            const looked = [...view.nodes()].filter((node) =>
              own.model
                .vertexProperties(node, wanted)
                .some(({ value: its }) => its === 1 || (its instanceof Num && its.value === 1)),
            );
            if (found !== undefined) expect(ids(own, found)).toEqual(ids(own, looked));
          }
        }
      },
    ),
    { numRuns: 400 },
  );
});

function change({ graph, model, writer }: OwnGraph, one: Op): void {
  const view = graph.now();
  const node = (of: number) => model.node(of, view) ?? missing();
  if (one.kind === 'vertex') writer.addVertex(one.label, one.id, [{ key: 'a', value: one.value }]);
  else if (one.kind === 'edge')
    writer.addEdge('e', node(one.from), node(one.to), one.id, [{ key: 'a', value: one.value }]);
  else if (one.kind === 'set') writer.setProperty(node(one.of), one);
  else if (one.kind === 'unset') {
    const property = model.vertexProperties(node(one.of), one.key)[one.nth];
    if (property) writer.removeProperty(property);
  } else writer.remove(node(one.of));
}

function changePlain({ vertices, edges }: Plain, one: Op): void {
  const node = (of: number) => vertices.get(of) ?? missing();
  if (one.kind === 'vertex') {
    if (vertices.has(one.id)) missing();
    vertices.set(one.id, { label: one.label, properties: new Map([['a', [one.value]]]) });
  } else if (one.kind === 'edge') {
    node(one.from);
    node(one.to);
    if (edges.has(one.id)) missing();
    edges.set(one.id, one);
  } else if (one.kind === 'set') {
    const { properties } = node(one.of);
    const before = properties.get(one.key) ?? [];
    // No two of the values above are the same text.
    const isThere = before.some((its) => JSON.stringify(its) === JSON.stringify(one.value));
    if (one.cardinality === 'single') properties.set(one.key, [one.value]);
    else if (one.cardinality === 'list' || !isThere) properties.set(one.key, [...before, one.value]);
  } else if (one.kind === 'unset') {
    const { properties } = node(one.of);
    const rest = properties.get(one.key)?.filter((_, at) => at !== one.nth) ?? [];
    if (rest.length > 0) properties.set(one.key, rest);
    else properties.delete(one.key);
  } else {
    node(one.of);
    vertices.delete(one.of);
    for (const [edge, { from, to }] of edges) if (from === one.of || to === one.of) edges.delete(edge);
  }
}

function told({ model }: OwnGraph, view: GraphView): unknown {
  const vertices = Array.from(view.nodes(), (node) => [
    model.id(node),
    model.label(node),
    [...model.keys(node)]
      .sort()
      .map((name) => [name, model.vertexProperties(node, name).map((property) => property.value)]),
  ]);
  const edges = Array.from(view.edges(), (edge) => [
    model.id(edge),
    end(model.id, view.parents(edge)),
    end(model.id, view.children(edge)),
    model.edgeProperty(edge, 'a')?.value,
  ]);
  const around = Array.from(view.nodes(), (node) => [
    model.id(node),
    ids({ model }, view.out(node)),
    ids({ model }, view.in(node)),
  ]);
  return {
    vertices: sorted(vertices),
    edges: sorted(edges),
    around: sorted(around),
    counts: [view.nodeCount, view.edgeCount],
  };
}

function toldPlain({ vertices, edges }: Plain): unknown {
  const all = [...edges];
  return {
    vertices: sorted(
      Array.from(vertices, ([its, { label, properties }]) => [
        its,
        label,
        [...properties].sort(([a], [b]) => (a < b ? -1 : 1)),
      ]),
    ),
    edges: sorted(all.map(([its, edge]) => [its, edge.from, edge.to, edge.value])),
    around: sorted(
      Array.from(vertices.keys(), (its) => [
        its,
        all
          .filter(([, { from }]) => from === its)
          .map(([edge]) => edge)
          .sort(),
        all
          .filter(([, { to }]) => to === its)
          .map(([edge]) => edge)
          .sort(),
      ]),
    ),
    counts: [vertices.size, edges.size],
  };
}

function ids({ model }: Pick<OwnGraph, 'model'>, elements: Iterable<Element>): GValue[] {
  return Array.from(elements, (element: GraphNode | GraphEdge) => model.id(element)).sort();
}

function end(idOf: (element: Element) => GValue, [node]: Iterable<GraphNode>): GValue | undefined {
  return node && idOf(node);
}

function sorted(rows: readonly (readonly unknown[])[]): unknown {
  return [...rows].sort(([a], [b]) => Number(a) - Number(b));
}

function refusedBy(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}

function missing(): never {
  throw new Error('cannot be');
}
