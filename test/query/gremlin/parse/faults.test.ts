/** What is wrong with a text of standard Gremlin is told at once, each with its place and what would do. */
import { defaultTextLimits } from '../../../../src/query/gremlin/parse/limits.ts';
import { parseGremlin } from '../../../../src/query/gremlin/parse/parse.ts';
import { wrongWith } from './said.ts';

test.each([
  ['g.V(', '[(] this parenthesis is not closed (a closing ))'],
  ['g.V([1, 2).out()', '[[] this bracket is not closed (a closing ])'],
  ['g.V({1, 2).out()', '[{] this brace is not closed (a closing })'],
  ['g.V(]).out()', '[]] found "]": nothing is open that it closes, a ) belongs here'],
  ['g.V()).out()', '[)] found ")": a dot and a step belong here, or a semicolon and the next traversal'],
  ["g.V().has('a' 'b')", `['b'] found "'b'": a comma belongs here`],
  ['g.V().has(.out())', '[.] found ".": a value, a predicate or a traversal belongs here'],
  ['g.V().', '[] found the end: the name of a step belongs here'],
  ['g.V().out.in()', '[out] out needs parentheses (out())'],
  ['g.V()out()', '[out] found "out": a dot belongs before a step (.out(…))'],
  ['g.V().next().out()', '[out] next() ends a traversal, nothing can follow it'],
  [
    'g.V().has(name)',
    '[name] "name" means nothing here (\'name\' in quotes, if it is a text; as a variable it needs a binding)',
  ],
  [
    'g.V().where(g.V())',
    `[g] "g." cannot begin a value (__.V(…) for a traversal within another, 'g' in quotes if it is a text)`,
  ],
  ['g.V().by(Order.up)', '[up] Order has no "up" (one of asc, desc, shuffle)'],
  [
    'g.V().by(WithOptions.x)',
    '[x] WithOptions has no "x" (one of tokens, none, ids, labels, keys, values, all, indexer, list, map)',
  ],
  ['g.V().property(Cardinality.many(1))', '[many] Cardinality has no "many" (one of single, list, set)'],
  [
    "g.V().property(VertexProperty.Cardinality, single, 'a')",
    '[Cardinality] VertexProperty has no "Cardinality" (one of Cardinality.set)',
  ],
  ['g.V().is(P.about(1))', '[about] no predicate named "about"'],
  ['g.V().is(gt(1, 2))', '[gt(1, 2)] gt takes one value'],
  ['g.V().is(between(1))', '[between(1)] between takes 2 values'],
  ['g.V().is(P.not(1))', '[P.not(1)] P.not takes a predicate'],
  ['g.V().is(gt(1).and(2))', '[and] and takes a predicate (and(gt(5)))'],
  ['g.V().is(gt(1).count())', '[count] found "count": a predicate goes on with and(…), or(…) or negate()'],
  ['g.inject(500b)', '[500b] "500b" is no byte: it does not fit into 8 bits'],
  ['g.inject(5x)', '[5x] "5x" is not a number'],
  ['g.inject(08)', '[08] "08" is not a number (one that begins with 0 is octal)'],
  ["g.inject((Integer) 'a')", "[(Integer) 'a'] this is no int"],
  ["g.inject('a'..'bc')", "['a'..'bc'] the texts of a range differ in their last character alone ('a'..'e')"],
  ['g.inject(1..x)', '[x] found "x": a range ends with a number or a text (1..5)'],
  ['g.inject(1..2.5)', '[1..2.5] a range of numbers is of two whole ones (1..5)'],
  ["g.inject('\\d')", '[\\d] \\d is no escape (\\\\d for a backslash)'],
  ["g.inject('a", "['a] this string is not closed (a closing ')\n[(] this parenthesis is not closed (a closing ))"],
  ["g.inject(datetime('soon'))", "[datetime('soon')] 'soon' is no date, such as '2023-08-02T00:00:00Z'"],
  [
    "g.inject(datetime('2023-02-30'))",
    "[datetime('2023-02-30')] '2023-02-30' is no date, such as '2023-08-02T00:00:00Z'",
  ],
  ["g.inject(UUID('x'))", "[UUID('x')] UUID takes a UUID as text"],
  ['g.inject([1, a: 2])', '[)] found ")": a map has a key before each value ([key: value])'],
  [
    'g.withStrategies(new SeedStrategy(5)).V()',
    '[5] found "5": a setting of a strategy is written key: value (new SeedStrategy(seed: 1))',
  ],
  ['g.withStrategies(5).V()', '[5] found "5": the name of a strategy belongs here'],
  [
    'g.inject([new SeedStrategy(seed: 1)])',
    '[new SeedStrategy(seed: 1)] a strategy cannot be a value (withStrategies(…) takes it)',
  ],
  ['g.V().has(5, ReadOnlyStrategy)', '[ReadOnlyStrategy] a strategy cannot be a value (withStrategies(…) takes it)'],
  [
    'g.V().is(new Date())',
    "[Date] new Date makes nothing here (datetime('2023-08-02'), UUID('…') or new Vertex(…) for what can be made)",
  ],
  ['g.tx().close()', '[tx()] tx() takes begin(), commit() or rollback() (tx().commit())'],
  ['x = g.V(); g.V()', '[x] found "x": a traversal begins with its source (g.V())'],
  ['V().out()', '[(] found "(": a traversal begins with its source (g.V(…))'],
  ['__.out()', '[__] found "__": a traversal begins with its source (g.V())'],
  ['5', '[5] found "5": a traversal begins with its source (g.V())'],
])('%s', (text, wrong) => {
  expect(wrongWith(text)).toBe(wrong);
});

test.each([
  ['g.V().filter{it.get()}.out()', 'filter{it.get()}'],
  ['g.V().filter({it -> it.get() == 5}).out()', '{it -> it.get() == 5}'],
  ['g.V().map({ v, w -> [v: {w}] }).out()', '{ v, w -> [v: {w}] }'],
  ['g.V().map({ -> 5 })', '{ -> 5 }'],
  ["g.V().map(Lambda.function('it.get()'))", "Lambda.function('it.get()')"],
])('%s is code, which is refused in a sentence', (text, code) => {
  expect(wrongWith(text)).toBe(
    `[${code}] lambdas are not supported (a traversal in its place, such as values('age') or is(gt(5)))`,
  );
});

test('mistakes are told all at once', () => {
  expect(wrongWith("g.V().has(name, gt()).out([1, 2).by(5x, Order.up); G.V(; g.E().has('a' 'b')").split('\n')).toEqual([
    '[name] "name" means nothing here (\'name\' in quotes, if it is a text; as a variable it needs a binding)',
    '[gt()] gt takes one value',
    '[[] this bracket is not closed (a closing ])',
    '[5x] "5x" is not a number',
    '[up] Order has no "up" (one of asc, desc, shuffle)',
    '[(] this parenthesis is not closed (a closing ))',
    `['b'] found "'b'": a comma belongs here`,
  ]);
});

test.each([
  ['textLength', { textLength: 10 }, 'g.V().count()', 'the query has 13 characters, more than 10 (limit textLength)'],
  ['depth', { depth: 3 }, 'g.V([[[1]]])', 'parentheses and brackets are nested deeper than 3 (limit depth)'],
  [
    'depth of parentheses',
    { depth: 3 },
    'g.V((((1))))',
    'parentheses and brackets are nested deeper than 3 (limit depth)',
  ],
  ['steps', { steps: 3 }, 'g.V().where(out().in())', 'the text has more than 3 steps (limit steps)'],
  ['elements', { elements: 3 }, 'g.V(1,2,3,4)', 'the text has more than 3 arguments and elements (limit elements)'],
  [
    'elements of a map',
    { elements: 3 },
    'g.V([a:1,b:2,c:3,d:4])',
    'the text has more than 3 arguments and elements (limit elements)',
  ],
  [
    'elements of a range',
    { elements: 100 },
    'g.V(1..2000000000)',
    'the text has more than 100 arguments and elements (limit elements)',
  ],
  ['statements', { statements: 2 }, 'g;g;g', 'the text has more than 2 statements (limit statements)'],
])('a text beyond its %s is told by the name of the limit alone', (_, limits, text, message) => {
  const { faults } = parseGremlin(text, undefined, { ...defaultTextLimits, ...limits });
  expect(faults).toEqual([expect.objectContaining({ code: 'query.limit', message })]);
});
