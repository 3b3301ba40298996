/** The same things as different drivers and versions write them. */
import { graphBinary, graphBinaryClient } from '../../../src/api/gremlin/graphbinary/serializer.ts';
import { parseJson } from '../../../src/api/gremlin/graphson/parse-json.ts';
import { readGraphson } from '../../../src/api/gremlin/graphson/read-value.ts';
import { type Argument, Bytecode, CardinalityValue, Strategy } from '../../../src/query/gremlin/bytecode.ts';
import { GMap, GSet } from '../../../src/query/gremlin/value/collections.ts';
import { double, long, num } from '../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../src/query/gremlin/value/predicate.ts';
import { Reference } from '../../../src/query/gremlin/value/reference.ts';
import { tokens } from '../../../src/query/gremlin/value/token.ts';
import { Binary, ClassName, DateTime, Duration } from '../../../src/query/gremlin/value/value.ts';

const read = (json: string): Argument => readGraphson(parseJson(json));

test.each<[string, string, Argument]>([
  ['a bare whole number', '5', 5],
  ['a bare number beyond 32 bits', '2147483648', 2_147_483_648],
  ['a bare number beyond doubles', '9007199254740993', long(9_007_199_254_740_993n)],
  ['a bare number beyond 64 bits', '9223372036854775808', num('bigint', 9_223_372_036_854_775_808n)],
  ['a bare number with a point', '1.0', double(1)],
  ['a bare number with an exponent', '[1e3]', [double(1000)]],
  ['minus nothing', '-0', 0],
  ['a long as text', '{"@type":"g:Int64","@value":"9007199254740993"}', long(9_007_199_254_740_993n)],
  ['a long', '{"@type":"g:Int64","@value":9007199254740993}', long(9_007_199_254_740_993n)],
  ['a float', '{"@type":"g:Float","@value":0.1}', num('float', Math.fround(0.1))],
  ['a decimal with its places', '{"@type":"gx:BigDecimal","@value":1.50}', num('bigdecimal', '1.50')],
  ['a decimal as text', '{"@type":"gx:BigDecimal","@value":"-1E+3"}', num('bigdecimal', '-1E+3')],
  [
    'a big number as text',
    '{"@type":"gx:BigInteger","@value":"-123456789012345678901"}',
    num('bigint', -123_456_789_012_345_678_901n),
  ],
  ['no number', '{"@type":"g:Double","@value":"NaN"}', double(Number.NaN)],
  ['no value of a type', '{"@type":"g:Int32","@value":null}', null],
])('%s', (_what, json, expected) => {
  expect(read(json)).toEqual(expected);
});

test.each<[string, string, Argument]>([
  ['lists of GraphSON 2', '[1,["a"]]', [1, ['a']]],
  ['maps of GraphSON 2', '{"a":{"@type":"g:Int64","@value":1}}', new GMap([['a', long(1)]])],
  ['a map as an object', '{"@type":"g:Map","@value":{"a":1}}', new GMap([['a', 1]])],
  [
    'a list of GraphSON 2 to compare with',
    '{"@type":"g:P","@value":{"predicate":"eq","value":[1,2]}}',
    new Predicate('eq', [[1, 2]]),
  ],
  [
    'choices of GraphSON 2',
    '{"@type":"g:P","@value":{"predicate":"within","value":[1,2]}}',
    new Predicate('within', [[1, 2]]),
  ],
  [
    'choices of GraphSON 3',
    '{"@type":"g:P","@value":{"predicate":"within","value":{"@type":"g:List","@value":[1,2]}}}',
    new Predicate('within', [[1, 2]]),
  ],
  [
    'choices as a set',
    '{"@type":"g:P","@value":{"predicate":"within","value":{"@type":"g:Set","@value":[1,2]}}}',
    new Predicate('within', [[1, 2]]),
  ],
  [
    'a range as a list with a type',
    '{"@type":"g:P","@value":{"predicate":"between","value":{"@type":"g:List","@value":[1,2]}}}',
    new Predicate('between', [1, 2]),
  ],
  [
    'a cardinality with the name of its class',
    '{"@type":"g:VertexProperty.Cardinality","@value":"set"}',
    tokens.Cardinality.set,
  ],
  ['old names of words', '{"@type":"g:Order","@value":"decr"}', tokens.Order.desc],
  ['a value with its name', '{"@type":"g:Binding","@value":{"key":"x","value":5}}', 5],
  [
    'a strategy with its class',
    '{"@type":"g:SubgraphStrategy","@value":{"fqcn":"org.x.SubgraphStrategy","conf":{"a":1}}}',
    new Strategy('SubgraphStrategy', new Map([['a', 1]])),
  ],
  [
    'a strategy whose settings are a map',
    '{"@type":"g:SeedStrategy","@value":{"fqcn":"org.x.SeedStrategy","conf":{"@type":"g:Map","@value":["seed",{"@type":"g:Int64","@value":1}]}}}',
    new Strategy('SeedStrategy', new Map([['seed', long(1)]])),
  ],
  [
    'a strategy of older drivers',
    '{"@type":"g:SeedStrategy","@value":{"seed":1}}',
    new Strategy('SeedStrategy', new Map([['seed', 1]])),
  ],
  [
    'a class within a class',
    '{"@type":"g:TraversalStrategy","@value":{"fqcn":"org.x.Outer$InnerStrategy","conf":{}}}',
    new Strategy('InnerStrategy', new Map()),
  ],
  ['a class', '{"@type":"g:Class","@value":"org.x.ReadOnlyStrategy"}', new ClassName('org.x.ReadOnlyStrategy')],
  [
    'a vertex of older drivers',
    '{"@type":"g:Vertex","@value":{"id":1}}',
    new Reference('vertex', { id: 1, label: 'vertex' }),
  ],
])('%s', (_what, json, expected) => {
  expect(read(json)).toEqual(expected);
});

test('bytes are base64, or characters as gremlinpython writes them', () => {
  expect(read('{"@type":"gx:ByteBuffer","@value":"AQL/"}')).toEqual(new Binary(new Uint8Array([1, 2, 255])));
  expect(read('{"@type":"gx:ByteBuffer","@value":"\\u0001\\u0002"}')).toEqual(new Binary(new Uint8Array([1, 2])));
});

test('a value with a cardinality comes as a traversal', () => {
  const json =
    '{"@type":"g:Bytecode","@value":{"source":[["CardinalityValueTraversal",{"@type":"g:Cardinality","@value":"list"},1]]}}';
  expect(read(json)).toEqual(new CardinalityValue('list', 1));
  expect(read(json.replace('"list"', '"set"'))).toEqual(new CardinalityValue('set', 1));
  expect(read('{"@type":"g:Bytecode","@value":{"source":[["withSack",1]]}}')).toEqual(
    new Bytecode([{ name: 'withSack', args: [1] }], []),
  );
});

/** What GraphBinary writes of java.time, as Gremlin Server 3.8.1 wrote it, beside what GraphSON does. */
test.each<[string, string, string, string, Argument]>([
  ['an instant', '8300000000000000000100000000', 'gx:Instant', '1970-01-01T00:00:01Z', new DateTime(1)],
  ['a day', '8400000007e40102', 'gx:LocalDate', '2020-01-02', new DateTime(1_577_923_200)],
  [
    'a day and a time',
    '8500000007e4010200000a0b9d4d3200',
    'gx:LocalDateTime',
    '2020-01-02T03:04:05',
    new DateTime(1_577_934_245),
  ],
  ['a time', '860000000a0b9d4d3200', 'gx:LocalTime', '03:04:05', '03:04:05'],
  [
    'a date of a place',
    '8d00000007e8021d000029327b048f4000000e10',
    'gx:ZonedDateTime',
    '2024-02-29T12:34:56.789+01:00[Europe/Paris]',
    new DateTime(1_709_206_496, 789_000_000, 3600),
  ],
  ['a year', '8b00000007e4', 'gx:Year', '2020', '2020'],
  ['a month', '8c00000007e402', 'gx:YearMonth', '2020-02', '2020-02'],
  ['a day of any year', '87000203', 'gx:MonthDay', '--02-03', '--02-03'],
  ['a period', '8a00000000010000000200000003', 'gx:Period', 'P1Y2M3D', 'P1Y2M3D'],
  ['a time of a place', '8900000029324bfd600000000e10', 'gx:OffsetTime', '12:34:56+01:00', '12:34:56+01:00'],
  ['an offset', '8e0000001c20', 'gx:ZoneOffset', '+02:00', '+02:00'],
  ['an address', '8200000000047f000001', 'gx:InetAddress', '127.0.0.1', '127.0.0.1'],
  ['a character', '8000e282ac', 'gx:Char', '€', '€'],
  ['a duration', '8100ffffffffffffffff00000005', 'gx:Duration', 'PT-0.999999995S', new Duration(-1, 5)],
])('%s is read', (_what, hex, type, text, expected) => {
  expect(read(JSON.stringify({ '@type': type, '@value': text }))).toEqual(expected);
  expect(inBinary(hex)).toEqual(expected);
});

test('dates of old are read', () => {
  expect(read('{"@type":"g:Date","@value":-1}')).toEqual(new DateTime(-1, 999_000_000));
  expect(inBinary('0400ffffffffffffffff')).toEqual(new DateTime(-1, 999_000_000));
  expect(inBinary('05000000000000000000')).toEqual(new DateTime(0));
});

test('a type with the flag of no value is no value', () => {
  expect(inBinary('0101')).toBeNull();
  expect(inBinary('0901')).toBeNull();
});

test('a list in GraphBinary may count what it holds', () => {
  expect(inBinary('0902000000020100000000010000000000000002030000000001610000000000000001')).toEqual([1, 1, 'a']);
});

test('equal members of a set are one', () => {
  expect(inBinary('0b0000000003010000000001010000000001020000000000000000 01'.replace(' ', ''))).toEqual(
    new GSet([1, long(1)]),
  );
});

function inBinary(hex: string): Argument | undefined {
  const head = graphBinaryClient.writeRequest({
    requestId: '7122e189-fd7a-434d-a4ba-bd015031386b',
    op: 'eval',
    processor: '',
    args: new Map([['x', null]]),
  });
  return graphBinary.readRequest(Buffer.concat([head.subarray(0, -2), Buffer.from(hex, 'hex')])).args.get('x');
}
