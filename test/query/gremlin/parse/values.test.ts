/** Values as standard Gremlin writes them, with their types (Gremlin.g4 of TinkerPop 3.8). */
import { CardinalityValue } from '../../../../src/query/gremlin/bytecode.ts';
import { parseGremlin } from '../../../../src/query/gremlin/parse/parse.ts';
import { GMap, GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { Num } from '../../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../../src/query/gremlin/value/predicate.ts';
import { Reference } from '../../../../src/query/gremlin/value/reference.ts';
import { tokens } from '../../../../src/query/gremlin/value/token.ts';
import { DateTime, type GValue, Uuid } from '../../../../src/query/gremlin/value/value.ts';
import { injected, said } from './said.ts';

test.each<[string, GValue]>([
  ['5', 5],
  ['+5', 5],
  ['-5', -5],
  ['-0', 0],
  ['2147483647', 2147483647],
  ['2147483648', 2147483648],
  ['9223372036854775807', new Num('long', 9223372036854775807n)],
  ['-9223372036854775808', new Num('long', -9223372036854775808n)],
  ['9223372036854775808', new Num('bigint', 9223372036854775808n)],
  ['5i', 5],
  ['5l', new Num('long', 5)],
  ['5L', new Num('long', 5)],
  ['-128b', new Num('byte', -128)],
  ['127B', new Num('byte', 127)],
  ['32767s', new Num('short', 32767)],
  ['5n', new Num('bigint', 5n)],
  ['1_000_000', 1_000_000],
  ['0x1F', 31],
  ['-0x1fL', new Num('long', -31)],
  ['0x1b', 27],
  ['017', 15],
  ['1.0', new Num('double', 1)],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['1e3', new Num('double', 1000)],
  ['1.5E-3', 0.0015],
  ['1d', new Num('double', 1)],
  ['-0.0', -0],
  ['1.5f', new Num('float', 1.5)],
  ['0.1F', new Num('float', Math.fround(0.1))],
  ['1.50m', new Num('bigdecimal', '1.50')],
  ['1M', new Num('bigdecimal', '1')],
  ['.5m', new Num('bigdecimal', '0.5')],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['+Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['(Long) 5', new Num('long', 5)],
  ['(int) 5.9', 5],
  ['(5)', 5],
])('the number %s', (text, value) => {
  expect(injected(text)).toEqual(value);
});

test.each([
  [`'a'`, 'a'],
  [`"it's"`, "it's"],
  [`'it\\'s'`, "it's"],
  [`''`, ''],
  [`'a\\tb\\n\\\\'`, 'a\tb\n\\'],
  [`'\\b\\f\\r\\"'`, '\b\f\r"'],
  [`'\\u00e9\\uu00e9\\101\\0'`, 'ééA\0'],
  [`'$name costs 5$'`, '$name costs 5$'],
  [`'a\nb'`, 'a\nb'],
  [`'// no comment'`, '// no comment'],
])('the text %s', (text, value) => {
  expect(injected(text)).toBe(value);
});

test.each<[string, GValue]>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['[]', []],
  ["[1, 'a', [null]]", [1, 'a', [null]]],
  ['1..3', [1, 2, 3]],
  ['3..-1', [3, 2, 1, 0, -1]],
  ["'a1'..'a3'", ['a1', 'a2', 'a3']],
  ["'c'..'a'", ['c', 'b', 'a']],
  ["datetime('2023-08-02T00:00:01.5+02:00')", new DateTime(1690927201, 500_000_000, 7200)],
  ['DateTime("1970-01-02")', new DateTime(86_400)],
  ["UUID('F47AF10B-58CC-4372-A567-0F02B2F3D479')", new Uuid('f47af10b-58cc-4372-a567-0f02b2f3d479')],
  ["new Vertex(1, 'person')", new Reference('vertex', { id: 1, label: 'person' })],
  ["Vertex('a', 'x')", new Reference('vertex', { id: 'a', label: 'x' })],
  ["new ReferenceVertex(1L, 'x')", new Reference('vertex', { id: new Num('long', 1), label: 'x' })],
  ["set('x')", new CardinalityValue('set', 'x')],
  ['Cardinality.single(1)', new CardinalityValue('single', 1)],
  ['VertexProperty.Cardinality.list(1)', new CardinalityValue('list', 1)],
])('the value %s', (text, value) => {
  expect(injected(text)).toEqual(value);
});

test('sets and maps keep what Java keeps', () => {
  const set = injected("{1, 'a', 1, [1]}") as GSet;
  expect(set).toBeInstanceOf(GSet);
  expect([...set]).toEqual([1, 'a', [1]]);
  const map = injected("[a: 1, 'b c': 2, 5: 3, (T.id): 4, T.label: 5, [1]: 6, id: 7, new: 8, (from): 9]") as GMap;
  expect(map).toBeInstanceOf(GMap);
  expect([...map]).toEqual([
    ['a', 1],
    ['b c', 2],
    [5, 3],
    [tokens.T.id, 4],
    [tokens.T.label, 5],
    [[1], 6],
    ['id', 7],
    ['new', 8],
    [tokens.Direction.OUT, 9],
  ]);
  expect((injected('[:]') as GMap).size).toBe(0);
  expect((injected('{}') as GSet).size).toBe(0);
});

test.each([
  ['id', tokens.T.id],
  ['T.label', tokens.T.label],
  ['desc', tokens.Order.desc],
  ['Order.shuffle', tokens.Order.shuffle],
  ['Order.decr', tokens.Order.desc],
  ['local', tokens.Scope.local],
  ['Scope.global', tokens.Scope.global],
  ['last', tokens.Pop.last],
  ['Pop.mixed', tokens.Pop.mixed],
  ['keys', tokens.Column.keys],
  ['any', tokens.Pick.any],
  ['Pick.unproductive', tokens.Pick.unproductive],
  ['sum', tokens.Operator.sum],
  ['Operator.and', tokens.Operator.and],
  ['normSack', tokens.Barrier.normSack],
  ['Barrier.normSack', tokens.Barrier.normSack],
  ['single', tokens.Cardinality.single],
  ['VertexProperty.Cardinality.set', tokens.Cardinality.set],
  ['OUT', tokens.Direction.OUT],
  ['from', tokens.Direction.OUT],
  ['Direction.to', tokens.Direction.IN],
  ['onCreate', tokens.Merge.onCreate],
  ['Merge.outV', tokens.Merge.outV],
  ['inV', tokens.Merge.inV],
  ['second', tokens.DT.second],
  ['DT.day', tokens.DT.day],
  ['GType.INT', tokens.GType.INT],
  ['GType.bigInt', tokens.GType.BIGINT],
  ['INT', tokens.GType.INT],
])('the word %s', (text, token) => {
  expect(injected(text)).toBe(token);
});

test.each<[string, GValue]>([
  ['WithOptions.tokens', '~tinkerpop.valueMap.tokens'],
  ['WithOptions.labels', 2],
  ['WithOptions.all', 15],
  ['WithOptions.indexer', '~tinkerpop.index.indexer'],
  ['WithOptions.map', 1],
  ['IO.reader', '~tinkerpop.io.reader'],
  ['IO.graphson', 'graphson'],
  ['ShortestPath.target', '~tinkerpop.shortestPath.target'],
  ['PageRank.propertyName', '~tinkerpop.pageRank.propertyName'],
  ['PeerPressure.times', '~tinkerpop.peerPressure.times'],
  ['ConnectedComponent.component', 'gremlin.connectedComponentVertexProgram.component'],
])('the constant %s', (text, value) => {
  expect(injected(text)).toBe(value);
});

test.each([
  ['P.gt(1)', 'P.gt(1)'],
  ['gt(1).and(lt(5)).and(neq(3))', 'P.gt(1).and(P.lt(5)).and(P.neq(3))'],
  ['gt(1).and(lt(5)).or(eq(7))', 'P.gt(1).and(P.lt(5)).or(P.eq(7))'],
  ['gt(1).and(lt(5).or(eq(7)))', 'P.gt(1).and(P.lt(5).or(P.eq(7)))'],
  ['lt(1).negate()', 'P.not(P.lt(1))'],
  ['not(within(1, 2))', 'P.not(P.within([1, 2]))'],
  ['P.not(eq(1))', 'P.not(P.eq(1))'],
  ['within(1, 2)', 'P.within([1, 2])'],
  ['within([1, 2])', 'P.within([1, 2])'],
  ['within({1, 2})', 'P.within([1, 2])'],
  ['without()', 'P.without([])'],
  ['within([1], 2)', 'P.within([[1], 2])'],
  ['between(1, 5)', 'P.between(1, 5)'],
  ["startingWith('a')", 'TextP.startingWith("a")'],
  ["TextP.notRegex('a.*')", 'TextP.notRegex("a.*")'],
  ['P.typeOf(GType.INT)', 'P.typeOf(GType.INT)'],
  ['typeOf(list)', 'P.typeOf(GType.LIST)'],
  ['typeOf(null)', 'P.typeOf(GType.NULL)'],
  ["typeOf('Integer')", 'P.typeOf("Integer")'],
  ['gt(__.out().count())', 'P.gt(__.out().count())'],
])('the predicate %s', (text, predicate) => {
  expect(injected(text)).toBeInstanceOf(Predicate);
  expect(said(`g.inject(${text})`)).toBe(`g.inject(${predicate})`);
});

test('a binding stands wherever a value may stand', () => {
  const bindings = { x: new Num('long', 5), xs: ['a', 'b'], key: 'name', m: new GMap([['a', 1]]) };
  expect(said('g.V(x, [x]).has(key, within(xs)).mergeV(m)', bindings)).toBe(
    'g.V(5L, [5L]).has("name", P.within(["a", "b"])).mergeV(["a": 1])',
  );
  expect(said('g.inject([(key): x, key: x])', bindings)).toBe('g.inject(["name": 5L, "key": 5L])');
});

test('datetime and UUID without an argument are made anew, by whoever can', () => {
  const fresh = { now: () => new DateTime(5), uuid: () => new Uuid('00000000-0000-0000-0000-000000000001') };
  const { statements } = parseGremlin('g.inject(datetime(), UUID())', undefined, undefined, fresh);
  expect(statements[0]?.bytecode.steps[0]?.args).toEqual([fresh.now(), fresh.uuid()]);
});
