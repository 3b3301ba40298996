import { fromGraphson, toGraphson } from '../../../../src/query/gremlin/graphson/value.ts';
import { GMap, GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { keyOf } from '../../../../src/query/gremlin/value/identity.ts';
import { Num } from '../../../../src/query/gremlin/value/num.ts';
import { Binary, DateTime, Duration, type GValue, Uuid } from '../../../../src/query/gremlin/value/value.ts';

test.each<[GValue, unknown]>([
  ['text', 'text'],
  [true, true],
  [null, null],
  [1, { '@type': 'g:Int32', '@value': 1 }],
  [3_000_000_000, { '@type': 'g:Int64', '@value': 3_000_000_000 }],
  [new Num('long', 1), { '@type': 'g:Int64', '@value': 1 }],
  [new Num('long', 2n ** 62n), { '@type': 'g:Int64', '@value': '4611686018427387904' }],
  [1.5, { '@type': 'g:Double', '@value': 1.5 }],
  [Number.NaN, { '@type': 'g:Double', '@value': 'NaN' }],
  [-0, { '@type': 'g:Double', '@value': '-0.0' }],
  [Number.POSITIVE_INFINITY, { '@type': 'g:Double', '@value': 'Infinity' }],
  [new Num('float', 0.5), { '@type': 'g:Float', '@value': 0.5 }],
  [new Num('byte', -128), { '@type': 'gx:Byte', '@value': -128 }],
  [new Num('short', 7), { '@type': 'gx:Int16', '@value': 7 }],
  [new Num('bigint', 5n), { '@type': 'gx:BigInteger', '@value': '5' }],
  [new Num('bigdecimal', '1.50'), { '@type': 'gx:BigDecimal', '@value': '1.50' }],
  [
    new Uuid('00000000-0000-4000-8000-000000000001'),
    { '@type': 'g:UUID', '@value': '00000000-0000-4000-8000-000000000001' },
  ],
  [
    new DateTime(1_690_934_400, 500_000_000, 7200),
    { '@type': 'gx:OffsetDateTime', '@value': '2023-08-02T02:00:00.5+02:00' },
  ],
  [new DateTime(9e12), { '@type': 'gx:OffsetDateTime', '@value': '+287168-08-24T16:00:00Z' }],
  [new Duration(-1, 500_000_000), { '@type': 'gx:Duration', '@value': 'PT-0.5S' }],
  [new Binary(Uint8Array.of(0, 255)), { '@type': 'gx:ByteBuffer', '@value': 'AP8=' }],
  [[1, 'a'], { '@type': 'g:List', '@value': [{ '@type': 'g:Int32', '@value': 1 }, 'a'] }],
  [new GSet(['a']), { '@type': 'g:Set', '@value': ['a'] }],
  [new GMap([['k', true]]), { '@type': 'g:Map', '@value': ['k', true] }],
])('%p is the same after GraphSON', (value, json) => {
  expect(toGraphson(value)).toEqual(json);
  const again = fromGraphson(JSON.parse(JSON.stringify(json)));
  expect(keyOf(again)).toEqual(keyOf(value));
});

test.each<[unknown, string]>([
  [{ '@type': 'g:Int32', '@value': 1.5 }, '1.5 is no whole number'],
  [{ '@type': 'g:Int32', '@value': 2 ** 31 }, '2147483648 is no int'],
  [{ '@type': 'g:Int64', '@value': '9223372036854775808' }, '9223372036854775808 is no long'],
  [{ '@type': 'gx:Byte', '@value': 128 }, '128 is no byte'],
  [{ '@type': 'g:Double', '@value': 'x' }, '"x" is no number'],
  [{ '@type': 'gx:BigDecimal', '@value': '1.5.0' }, '"1.5.0" is no number'],
  [{ '@type': 'g:Map', '@value': ['k'] }, 'a g:Map has a key without a value'],
  [{ '@type': 'g:List', '@value': 1 }, 'the value of a g:List is no list'],
  [{ '@type': 'gx:Duration', '@value': 'soon' }, '"soon" is no duration'],
  [{ '@type': 'gx:OffsetDateTime', '@value': 'soon' }, '"soon" is no date'],
  [{ '@type': 'gx:ByteBuffer', '@value': '*' }, 'is no base64'],
  [{ '@type': ['g:Int32'], '@value': 1 }, 'no value of a property has the type ["g:Int32"]'],
])('%j is refused', (json, message) => {
  expect(() => fromGraphson(json)).toThrow(message);
});

test('what is nested too deep is refused, not overflowed', () => {
  let json: unknown = 1;
  for (let i = 0; i < 10_000; i++) json = [json];
  expect(() => fromGraphson(json)).toThrow('nested deeper than 64');
});

test('a date that no file can say is refused', () => {
  expect(() => toGraphson(new DateTime(9e15))).toThrow('a date lies too far away for a file');
});

test('a float is the float that was meant, and a whole number may have an exponent', () => {
  expect(fromGraphson({ '@type': 'g:Float', '@value': 0.1 })).toEqual(new Num('float', Math.fround(0.1)));
  expect(fromGraphson({ '@type': 'gx:BigInteger', '@value': '1E+30' })).toEqual(new Num('bigint', 10n ** 30n));
  expect(() => fromGraphson({ '@type': 'gx:BigInteger', '@value': '1e99948181' })).toThrow('is no whole number');
  expect(fromGraphson({ '@type': 'g:Int32', '@value': '1.0' })).toBe(1);
  expect(() => fromGraphson({ '@type': 'g:Int32', '@value': '' })).toThrow('is no whole number');
});
