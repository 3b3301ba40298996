/** What comes from a database: texts without anything between them, values, and changes of values. */
import fc from 'fast-check';
import { readAddress } from '../../src/ovsdb/address.ts';
import { JsonFrames } from '../../src/ovsdb/frames.ts';
import { changedValue, readValue } from '../../src/ovsdb/value.ts';
import { counterTotals } from '../../src/probes/ovs/statistics.ts';

test('texts are told apart wherever the stream is cut', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 });
  fc.assert(
    fc.property(objects, fc.array(fc.nat(), { maxLength: 20 }), (sent, cuts) => {
      const stream = Buffer.from(sent.map((one) => JSON.stringify(one)).join(''));
      const ends = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])].sort(
        (a, b) => a - b,
      );
      const frames = new JsonFrames({ bytesMax: 1_000_000 });
      const got = ends.flatMap((end, index) => [...frames.push(stream.subarray(ends[index - 1] ?? 0, end))]);
      expect(got.map((text) => JSON.parse(text))).toEqual(sent.map((one) => JSON.parse(JSON.stringify(one))));
    }),
  );
});

test('a message that does not end is not kept for ever', () => {
  const frames = new JsonFrames({ bytesMax: 10 });
  expect([...frames.push(Buffer.from('{"a":"123'))]).toEqual([]);
  expect(() => [...frames.push(Buffer.from('45678'))]).toThrow(RangeError);
});

test('one value is a set of one', () => {
  expect(readValue(7, 'set')).toEqual([7]);
  expect(readValue(['set', [1, 2]], 'set')).toEqual([1, 2]);
  expect(readValue(['set', []], 'one')).toBeUndefined();
  expect(readValue(['uuid', 'a-b'], 'one')).toBe('a-b');
  expect(readValue(['map', [['k', 'v']]], 'map')).toEqual(new Map([['k', 'v']]));
});

test('a change of a set is what comes and what goes', () => {
  expect(changedValue([1, 2], ['set', [2, 3]], 'set')).toEqual([1, 3]);
  expect(changedValue(undefined, 5, 'set')).toEqual([5]);
  expect(changedValue(5, 6, 'one')).toBe(6);
  expect(changedValue(5, ['set', []], 'one')).toBeUndefined();
});

test('a change of a map is the pairs that go, come, or are others', () => {
  const before = new Map([
    ['stays', 'a'],
    ['goes', 'b'],
    ['turns', 'c'],
  ]);
  const pairs = [
    ['goes', 'b'],
    ['turns', 'd'],
    ['comes', 'e'],
  ];
  expect(changedValue(before, ['map', pairs], 'map')).toEqual(
    new Map([
      ['stays', 'a'],
      ['turns', 'd'],
      ['comes', 'e'],
    ]),
  );
});

test('nothing that is no value makes reading fail', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.constantFrom('one', 'set', 'map'), (a, b, shape) => {
      const before = readValue(a, shape);
      expect(changedValue(before, b, shape)).toEqual(changedValue(before, b, shape));
    }),
  );
});

test('counters have the names that those of the kernel have', () => {
  const said = new Map([
    ['rx_bytes', 7],
    ['rx_crc_err', 1],
    ['collisions', 0],
    ['tx_dropped', -1],
  ]);
  expect(counterTotals(said)).toEqual({ RxBytes: 7, RxCrcErrors: 1, Collisions: 0 });
});

test.each([
  ['unix:/run/db.sock', { path: '/run/db.sock' }],
  ['tcp:192.0.2.7:6640', { host: '192.0.2.7', port: 6640 }],
  ['ssl:192.0.2.7:6640', { host: '192.0.2.7', port: 6640, tls: {} }],
  ['tcp:[2001:db8::1]:6640', { host: '2001:db8::1', port: 6640 }],
])('%s is where a database is', (text, address) => {
  expect(readAddress(text)).toEqual(address);
});

test('an address of another kind is told to be one', () => {
  expect(() => readAddress('punix:db.sock')).toThrow('needs an address unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT');
});
