/** Which language a query text is taken for. */
import { dialectOf } from '../../src/query/dialect.ts';
import { defaultLimits } from '../../src/query/limits.ts';
import { parse } from '../../src/query/parser.ts';

test.each([
  'G',
  'G.V()',
  ' G . V()',
  "G.At('-1m').V()",
  'G(1)',
  // Skydive's own scripts.
  "g.v().has('Name','x').count()",
  "g.V().Has('Name','x')",
  "g.V('a').Out().Flows()",
  "g.At('-1m').V()",
  'g.Flows()',
  // Neither: Skydive's parser says what is missing.
  '',
  'V().Count()',
  'x = g.V()',
  '1 + 1',
])('%j is of Skydive', (text) => {
  expect(dialectOf(text)).toBe('skydive');
});

test.each([
  'g',
  'g.V()',
  'g.E().count()',
  "g.V('a').V('b')",
  'g.V().has("Name", "x").out()',
  'gmodern.V().V()',
  'g.with("at", "-5m").V()',
  'g;g.V()',
  ' \n// all of them\ng.V()',
  '/* all\nof them */ g.V()',
  'my_graph . V()',
])('%j is standard Gremlin', (text) => {
  expect(dialectOf(text)).toBe('gremlin');
});

test("a traversal of standard Gremlin is none of Skydive's", () => {
  const { faults } = parse("g.V().has('Name', 'x')", defaultLimits);
  expect(faults.map(({ message, hint }) => [message, hint])).toEqual([['found "g": a query starts with G', 'G.V()']]);
});

test('a long text is told apart at once', () => {
  for (const part of [' ', '/* ', '// \n', '//', '/**/', '/*/', 'g', 'g.V(', '$'])
    expect(dialectOf(part.repeat(100_000 / part.length))).toMatch(/skydive|gremlin/);
});
