/** What must hold of every graph: an index changes no answer, pauses change no order, a path is as short as can be. */
import fc from 'fast-check';
import { RE2JS } from 're2js';
import type { Change } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { compareValues } from '../../src/query/compare.ts';
import { compilePattern } from '../../src/query/pattern.ts';
import { usedMs } from '../used-ms.ts';
import { askNow, lines } from './ask.ts';

interface Shape {
  readonly types: number[];
  readonly edges: [number, number][];
}

const shapes: fc.Arbitrary<Shape> = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 })
  .chain((types) => {
    const end = fc.nat(types.length - 1);
    return fc.record({ types: fc.constant(types), edges: fc.array(fc.tuple(end, end), { maxLength: 60 }) });
  });

function graphOf({ types, edges }: Shape, indexed: string[]): Graph {
  const graph = new Graph({ indexed });
  const changes: Change[] = [
    ...types.map((type, at) => ({
      kind: 'node' as const,
      id: `n${at}`,
      metadata: { Type: `t${type}`, Name: `n${at}`, List: [type, type + 1] },
    })),
    ...edges.map(([from, to]) => ({
      kind: 'edge' as const,
      parent: `n${from}`,
      child: `n${to}`,
      metadata: { RelationType: (from + to) % 2 === 0 ? 'even' : 'odd' },
    })),
  ];
  graph.apply(changes, { host: 'h', origin: 'o', time: 1000 });
  return graph;
}

test('an index changes no answer', () => {
  const queries = [
    "G.V().Has('Type', 't1')",
    "G.V().Has('Type', Within('t1', 't2'))",
    "G.V().Has('Type', 't1').Has('Name', 'n3')",
    "G.V().Has('Name', 'n3', 'Type', Within('t0', 't1'))",
    "G.V().Has('List', 2)",
    "G.V().Has('Type', Regex('t1|t2'))",
    "G.V().HasEither('Type', 't1', 'Type', 't2')",
    "G.V().HasEither('Type', 't1', 'Name', 'n2')",
    "G.V().Has('List', Within(1, 2), 'Type', NE('t3'))",
    "G.V().Has('Type', 't1').Out().Has('Type', 't2')",
    "G.V().Has('Type', 't1').Count()",
    "G.V().Has('Name', 'n1').ShortestPathTo(Metadata('Name', 'n5')).Count()",
  ];
  fc.assert(
    fc.property(shapes, fc.constantFrom(...queries), (shape, query) => {
      const indexed = lines(askNow(graphOf(shape, ['Type', 'Name', 'List']), query));
      expect(indexed.sort()).toEqual(lines(askNow(graphOf(shape, []), query)).sort());
    }),
    { numRuns: 500 },
  );
});

test('a path is real and as short as can be, with and without an index', () => {
  fc.assert(
    fc.property(shapes, fc.boolean(), fc.nat(3), (shape, isIndexed, type) => {
      const graph = graphOf(shape, isIndexed ? ['Type', 'Name'] : []);
      const query = `G.V('n0').ShortestPathTo(Metadata('Type', 't${type}'), Metadata('RelationType', 'even'))`;
      const [path] = lines(askNow(graph, query)).map((line) => line.split(' '));
      const links = shape.edges.filter(([from, to]) => (from + to) % 2 === 0);
      expect((path?.length ?? 0) - 1).toBe(distance(shape.types, links, type));
      for (let at = 1; path !== undefined && at < path.length; at++) {
        const [one, other] = [path[at - 1], path[at]];
        const isLink = ([from, to]: [number, number]) =>
          (`n${from}` === one && `n${to}` === other) || (`n${from}` === other && `n${to}` === one);
        expect(links.some(isLink)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

/** The plainest search there is: -1 when there is no way. */
function distance(types: number[], links: [number, number][], type: number): number {
  const far = new Map([[0, 0]]);
  for (const [node, steps] of far) {
    if (types[node] === type) return steps;
    for (const [from, to] of links) {
      if (from === node && !far.has(to)) far.set(to, steps + 1);
      if (to === node && !far.has(from)) far.set(from, steps + 1);
    }
  }
  return -1;
}

test('a sort that pauses is a stable sort', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 5000 }), fc.boolean(), (numbers, isDescending) => {
      const graph = new Graph();
      const nodes = numbers.map((n, at) => ({ kind: 'node' as const, id: `n${at}`, metadata: { N: n } }));
      graph.apply(nodes, { host: 'h', origin: 'o', time: 1 });
      const sorted = [...numbers.entries()].sort(([, a], [, b]) => (isDescending ? b - a : a - b));
      const query = `G.V().Sort(${isDescending ? 'DESC' : 'ASC'}, 'N')`;
      expect(lines(askNow(graph, query))).toEqual(sorted.map(([at]) => `n${at}`));
    }),
    { numRuns: 30 },
  );
});

test('the order of values is an order', () => {
  const value = fc.oneof(
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(fc.nat(3)),
  );
  fc.assert(
    fc.property(value, value, value, (a, b, c) => {
      expect(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a))).toBe(0);
      if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) expect(compareValues(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

test('patterns that need no engine mean what the engine says', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '.*',
    '|',
    '\\.',
    '\\|',
    '(',
    ')',
    '^',
    '$',
    '-',
    '\\d',
    '[ab]',
    '\\\\',
    '.',
    '*',
  );
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '|', '-', '1', '\n', '\\'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), text, (pieces, subject) => {
      const source = pieces.join('');
      const pattern = compilePattern(source);
      if (typeof pattern === 'string') return;
      expect(pattern.test(subject)).toBe(RE2JS.compile(source).matches(subject));
    }),
    { numRuns: 5000 },
  );
});

test('a pattern made to hang does not, or is refused', () => {
  const sources = [
    '(a+)+b',
    '((a*)*)*b',
    '(a|aa)+b',
    '(.*)*x',
    '(a{1,22}){1,10}b',
    '(a{1,50}){1,20}b',
    '\\pL{1000}'.repeat(20),
  ];
  const started = usedMs();
  for (const source of sources) {
    const pattern = compilePattern(source);
    if (typeof pattern !== 'string') expect(pattern.test('a'.repeat(10_000))).toBe(false);
  }
  expect(usedMs() - started).toBeLessThan(1000);
  expect(compilePattern('\\pL{1000}'.repeat(20))).toMatch(/too large/);
});

test('patterns of everyday use are not too large', () => {
  for (const source of [
    '([0-9]{1,3}\\.){3}[0-9]{1,3}',
    '([0-9a-f]{2}:){5}[0-9a-f]{2}',
    '[a-z]{1,20}-[a-z]{1,20}-.{1,40}',
  ])
    expect(typeof compilePattern(source)).toBe('object');
});
