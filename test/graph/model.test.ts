/** The graph against a naive model that keeps a full copy of itself after every change. */
import fc from 'fast-check';
import type { Change } from '../../src/graph/change.ts';
import type { Element } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { GraphView } from '../../src/graph/view.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd');
const metadata = fc.record(
  {
    Name: fc.constantFrom('x', 'y', 'z'),
    MTU: fc.integer({ min: 1, max: 3 }),
    List: fc.array(fc.constantFrom('p', 'q')),
  },
  { requiredKeys: ['Name'] },
);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('node' as const), id, metadata }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('node' as const), id, metadata, owns: fc.constant(new Set(['MTU'])) }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        kind: fc.constant('edge' as const),
        parent: id,
        child: id,
        metadata: fc.constant({ RelationType: 'r' }),
      })
      .chain((edge) => fc.constantFrom<Change>(edge, { ...edge, id: 'e1' }, { ...edge, id: 'e2', metadata: { W: 1 } })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      id: fc.oneof(id, fc.constant('e1')),
      set: metadata,
      unset: fc.constantFrom(['MTU'], ['List', 'MTU'], []),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('gone' as const), id: fc.oneof(id, fc.constant('e1')) }) },
);
const series = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.array(change, { maxLength: 4 })), {
  maxLength: 60,
});

test('any moment of the past looks as it did then', () => {
  fc.assert(
    fc.property(series, (steps) => {
      const graph = new Graph({ indexed: ['Name', 'List'] });
      const moments = new Map<number, string>([[0, draw(graph.now())]]);
      const frozen: { view: GraphView; as: string }[] = [];
      let time = 1;
      for (const [pause, changes] of steps) {
        time += pause;
        frozen.push({ view: graph.now(), as: draw(graph.now()) });
        graph.apply(changes, { host: 'h', origin: 'test', time });
        moments.set(time, draw(graph.now()));
      }
      for (const [moment, picture] of moments) expect(draw(graph.at(moment))).toBe(picture);
      for (const { view, as } of frozen) expect(draw(view)).toBe(as);
    }),
    { numRuns: 300 },
  );
});

test('events replayed give the same graph, and since() tells the same events again', () => {
  fc.assert(
    fc.property(series, (steps) => {
      const graph = new Graph({});
      const copy = new Map<string, Element>();
      const told: string[] = [];
      graph.subscribe(({ events }) => {
        for (const { kind, element, before, revision } of events) {
          const key = `${element.kind} ${element.id}`;
          expect(copy.get(key)?.metadata).toEqual(before?.metadata);
          if (kind === 'removed') copy.delete(key);
          else copy.set(key, element);
          told.push(`${revision} ${kind} ${key} ${plain(element)} ${plain(before)}`);
        }
      });
      let time = 0;
      for (const [pause, changes] of steps) {
        time += pause;
        graph.apply(changes, { host: 'h', origin: 'test', time });
      }
      const alive = [...graph.now().nodes(), ...graph.now().edges()];
      expect(alive.map((e) => `${e.kind} ${e.id}`).sort()).toEqual([...copy.keys()].sort());
      const again = (graph.since(0) ?? []).map(
        ({ kind, element, before, revision }) =>
          `${revision} ${kind} ${element.kind} ${element.id} ${plain(element)} ${plain(before)}`,
      );
      expect(again).toEqual(told);
    }),
    { numRuns: 300 },
  );
});

test('the index finds what a scan finds, now and at any moment', () => {
  fc.assert(
    fc.property(series, (steps) => {
      const graph = new Graph({ indexed: ['Name', 'List'] });
      let time = 0;
      for (const [pause, changes] of steps) {
        time += pause;
        graph.apply(changes, { host: 'h', origin: 'test', time });
      }
      for (const view of [
        graph.now(),
        graph.at(Math.floor(time / 2)),
        graph.between({ from: 1, to: Math.floor(time / 2) }),
      ])
        for (const [key, value] of [
          ['Name', 'x'],
          ['List', 'p'],
        ] as const) {
          const found = [...(view.nodesWith(key, value) ?? [])]
            .map((node) => `${node.id}${node.createdAt}#${node.revision}`)
            .sort();
          const scanned = [...view.nodes()]
            .filter(({ metadata: m }) => m[key] === value || (Array.isArray(m[key]) && m[key].includes(value)))
            .map((node) => `${node.id}${node.createdAt}#${node.revision}`)
            .sort();
          expect(found).toEqual(scanned);
        }
    }),
    { numRuns: 300 },
  );
});

test('forgetting the past leaves the present and what is still kept', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 0, max: 9000 }), (steps, extra) => {
      const graph = new Graph({ indexed: ['Name'] });
      let time = 0;
      for (const [pause, changes] of steps) {
        time += pause;
        graph.apply(changes, { host: 'h', origin: 'test', time });
      }
      // Fills whole segments, which are what is dropped.
      for (let i = 0; i < extra; i++)
        graph.apply([{ kind: 'node', id: 'filler', metadata: { Name: `${i}` } }], {
          host: 'h',
          origin: 'test',
          time: ++time,
        });
      const before = draw(graph.now());
      const late = draw(graph.at(time - 1));
      graph.forgetBefore(time - 10);
      expect(draw(graph.now())).toBe(before);
      expect(draw(graph.at(time - 1))).toBe(late);
    }),
    { numRuns: 30 },
  );
});

/** Everything a view shows, adjacency included, as text. */
function draw(view: GraphView): string {
  const lines: string[] = [];
  const text = (e: Element) =>
    `${e.id} ${e.createdAt} ${e.updatedAt} ${e.revision} ${JSON.stringify(sorted(e.metadata))}`;
  for (const node of view.nodes()) {
    lines.push(`node ${text(node)}`);
    for (const edge of view.out(node))
      lines.push(`out ${node.id} ${text(edge)} ${[...view.children(edge)].map((child) => child.id)}`);
    for (const edge of view.in(node))
      lines.push(`in ${node.id} ${text(edge)} ${[...view.parents(edge)].map((parent) => parent.id)}`);
  }
  for (const edge of view.edges()) lines.push(`edge ${text(edge)} ${edge.parent} ${edge.child}`);
  lines.push(`${view.nodeCount} ${view.edgeCount}`);
  return lines.sort().join('\n');
}

function plain(element: Element | undefined): string {
  return element ? JSON.stringify(sorted(element.metadata)) : '';
}

function sorted(metadata: object): object {
  return Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}
