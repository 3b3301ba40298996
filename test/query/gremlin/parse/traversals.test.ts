/** Traversals and statements of standard Gremlin. */
import type { Bytecode } from '../../../../src/query/gremlin/bytecode.ts';
import { parseGremlin } from '../../../../src/query/gremlin/parse/parse.ts';
import { said } from './said.ts';

test.each([
  ["g.V().has('name','marko').out('knows').values('name')", 'g.V().has("name", "marko").out("knows").values("name")'],
  ['g.V().where(__.out().count().is(gt(1)))', 'g.V().where(__.out().count().is(P.gt(1)))'],
  ['g.V().repeat(out()).times(2).path()', 'g.V().repeat(__.out()).times(2).path()'],
  ['g.V().and(out(),not(in()))', 'g.V().and(__.out(), __.not(__.in()))'],
  ['g.V().filter(not(__.out()))', 'g.V().filter(__.not(__.out()))'],
  ['g.V().any(gt(1)).all(P.lt(1)).none(eq(1))', 'g.V().any(P.gt(1)).all(P.lt(1)).none(P.eq(1))'],
  ['g.V().by(id).by(id())', 'g.V().by(T.id).by(__.id())'],
  [
    "g.V().order().by('age', desc).by(outE().count(), Order.asc)",
    'g.V().order().by("age", Order.desc).by(__.outE().count(), Order.asc)',
  ],
  [
    "g.V().choose(values('age')).option(gt(30), __.in()).option(none, identity())",
    'g.V().choose(__.values("age")).option(P.gt(30), __.in()).option(Pick.none, __.identity())',
  ],
  ["g.V().as('a').from('a').to('b').in('c')", 'g.V().as("a").from("a").to("b").in("c")'],
  [
    'g.V().valueMap().with(WithOptions.tokens, WithOptions.ids)',
    'g.V().valueMap().with("~tinkerpop.valueMap.tokens", 1)',
  ],
  [
    "g.mergeE([(OUT): Merge.outV, T.label: 'self']).option(onCreate, [age: single(33)])",
    'g.mergeE([(Direction.OUT): Merge.outV, (T.label): "self"]).option(Merge.onCreate, ["age": Cardinality.single(33)])',
  ],
  ['g.V().branch(__)', 'g.V().branch(__)'],
  ['g.V().myOwnStep(1)', 'g.V().myOwnStep(1)'],
  [' g\n  .V( 1 , )\n\t. out ( ) // of all\n /* and */ .count()', 'g.V(1).out().count()'],
])('%s', (text, again) => {
  expect(said(text)).toBe(again);
});

test.each([
  ["g.with('at', '-5m').with('evaluationTimeout').V()", 'g.with("at", "-5m").with("evaluationTimeout").V()'],
  [
    'g.withSack(1.0d, sum).withBulk(false).withPath().V()',
    'g.withSack(1.0, Operator.sum).withBulk(false).withPath().V()',
  ],
  ["g.withSideEffect('a', {'x'}, addAll).V()", 'g.withSideEffect("a", {"x"}, Operator.addAll).V()'],
  [
    "g.withStrategies(new SubgraphStrategy(vertices: __.hasLabel('person'), checkAdjacentVertices: false), ReadOnlyStrategy).V()",
    'g.withStrategies(new SubgraphStrategy(vertices: __.hasLabel("person"), checkAdjacentVertices: false), ReadOnlyStrategy).V()',
  ],
  [
    'g.withStrategies(SeedStrategy(seed: 5), new ReadOnlyStrategy()).V()',
    'g.withStrategies(new SeedStrategy(seed: 5), ReadOnlyStrategy).V()',
  ],
  [
    'g.withoutStrategies(ReadOnlyStrategy, org.apache.tinkerpop.CountStrategy.class).V()',
    'g.withoutStrategies(ReadOnlyStrategy, org.apache.tinkerpop.CountStrategy).V()',
  ],
  [
    "g.withStrategies(SubgraphStrategy.build().vertices(hasLabel('person')).create(), ReadOnlyStrategy.instance()).V()",
    'g.withStrategies(new SubgraphStrategy(vertices: __.hasLabel("person")), ReadOnlyStrategy).V()',
  ],
  [
    "g.withStrategies(PartitionStrategy.build().partitionKey('p').readPartitions('a', 'b').create()).V()",
    'g.withStrategies(new PartitionStrategy(partitionKey: "p", readPartitions: ["a", "b"])).V()',
  ],
])('the source of %s', (text, again) => {
  expect(said(text)).toBe(again);
  const [statement] = parseGremlin(text).statements;
  expect(statement?.bytecode.source.map(({ name }) => name.slice(0, 4))).toContain('with');
  expect(statement?.bytecode.steps.map(({ name }) => name)).toEqual(['V']);
});

test.each([
  ['', ''],
  [' \n', ''],
  ["''", ''],
  ['""', ''],
  ['// nothing', ''],
  [';', ''],
  ['g', 'g'],
  ['gmodern.V().count()', 'gmodern.V().count()'],
  ['g.V().next()', 'g.V().next()'],
  ['g.V().next(2)', 'g.V().next(2)'],
  ['g.V().toList().toString()', 'g.V().toList().toString()'],
  ['g.V().toString()', 'g.V().toString()'],
  ['g.addV().iterate();g.V().toList();', 'g.addV().iterate()\ng.V().toList()'],
  ['g.V()\ng.E().explain() g', 'g.V()\ng.E().explain()\ng'],
  ['g.tx().commit(); g.tx().begin()\ng.tx().rollback()', 'g.tx().commit()\ng.tx().begin()\ng.tx().rollback()'],
])('the statements of %j', (text, again) => {
  expect(said(text)).toBe(again);
});

test('what stands where', () => {
  const text = "g.V('a')\n .where(out ( )).count( ).next(2); g.tx().commit()";
  const [first, second] = parseGremlin(text).statements;
  const inner = first?.bytecode.steps[1]?.args[0] as Bytecode;
  const spans = [...(first?.bytecode.steps ?? []), ...inner.steps, ...(second?.bytecode.source ?? [])].map(
    ({ from, nameTo, to }) => [text.slice(from, nameTo), text.slice(from, to)],
  );
  expect(spans).toEqual([
    ['V', "V('a')"],
    ['where', 'where(out ( ))'],
    ['count', 'count( )'],
    ['out', 'out ( )'],
    ['tx', 'tx().commit()'],
  ]);
  expect([first, second].map((each) => text.slice(each?.from, each?.to))).toEqual([
    text.slice(0, text.indexOf(';')),
    'g.tx().commit()',
  ]);
});

test('terminals of a text are not steps of its traversal', () => {
  const [statement] = parseGremlin('g.V().out().toSet()').statements;
  expect(statement?.terminal).toBe('toSet');
  expect(statement?.bytecode.steps.map(({ name }) => name)).toEqual(['V', 'out']);
});
