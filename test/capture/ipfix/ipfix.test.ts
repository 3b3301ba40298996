import { collecting, exportSeconds, ipfixMessage, packed, set, template } from '../collected.ts';
import { heard } from './heard.ts';

/** Addresses, ports, protocol, packets, bytes. */
const fields = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [2, 8],
  [1, 8],
] as const;
const plain = template(256, ...fields);
const record = (packets: number) =>
  packed('0a000001', '0a000002', [2, 40_000], [2, 53], [1, 17], [8, packets], [8, packets * 100]);
const from = '10.0.0.1:40000';
const to = '10.0.0.2:53';

test('times are counted from the start that options tell of', () => {
  const { take, between, sink } = collecting();
  take(heard.softflowd);
  expect(between('10.7.0.1:33284', '10.7.0.2:8080')).toMatchObject({
    trackingId: '833872eed9c82920',
    path: 'IPv4/TCP',
    ab: [13, 5_684],
    ba: [11, 5_580],
    lastMs: Date.parse('2026-11-21T15:34:08.251Z'),
  });
  expect(sink.losses).toEqual({});
});

test('a record of both directions is one conversation', () => {
  const { take, between, sink } = collecting();
  take(heard.both);
  expect(between('10.7.0.1:33284', '10.7.0.2:8080')).toMatchObject({
    trackingId: '833872eed9c82920',
    path: 'Ethernet/IPv4/TCP',
    ab: [13, 5_866],
    ba: [11, 5_734],
    firstMs: Date.parse('2026-11-21T15:34:07.254Z'),
    lastMs: Date.parse('2026-11-21T15:34:08.252Z'),
  });
  expect(sink.observations.filter(({ b }) => b === '10.7.0.2:8080')).toHaveLength(1);
  expect(sink.losses).toEqual({});
});

test('a packet that a switch tells of where it comes in and where it goes out counts once', () => {
  const { take, between, sink } = collecting();
  take([...heard.ovsTemplates, ...heard.ovs]);
  expect(between('10.7.0.1:58382', '10.7.0.2:8080')).toMatchObject({
    trackingId: '6df705720595216d',
    path: 'Ethernet/IPv4/TCP',
    ab: [12, 5_800],
    ba: [10, 5_668],
  });
  expect(between('10.7.0.1:0', '10.7.0.2:0')).toMatchObject({ isCertain: true, ab: [3, 294], ba: [3, 294] });
  // These are some of its messages: the others are missed.
  expect(Object.keys(sink.losses)).toEqual(['exporter: flow records missing by their numbers']);
});

test('where it goes out may be told first', () => {
  const directed = template(256, ...fields, [61, 1]);
  const flow = (direction: number, port = 53) =>
    packed('0a000001', '0a000002', [2, 40_000], [2, port], [1, 17], [8, 1], [8, 100], [1, direction]);
  const { take, between } = collecting();
  take([ipfixMessage(0, set(2, directed), set(256, flow(1), flow(0), flow(1, 54)))]);
  expect(between(from, to)?.ab).toEqual([1, 100]);
  // Told at the way out alone, it is told once.
  expect(between(from, '10.0.0.2:54')?.ab).toEqual([1, 100]);
});

test('fields of enterprises and of any length are skipped, whatever they are', () => {
  const odd = template(256, [1, 4, 9], [371, 65_535], [27, 65_535, 29_305], ...fields, [100, 65_535, 9]);
  const before = [packed([4, 99]), packed([1, 3], '616263'), packed([1, 255], [2, 300]), new Uint8Array(300)];
  const records = [1, 2].flatMap((packets) => [...before, record(packets), packed([1, 0])]);
  const { take, between, sink } = collecting();
  take([ipfixMessage(0, set(2, odd), set(256, ...records))]);
  expect(between(from, to)).toMatchObject({ ab: [3, 300] });
  expect(sink.observations).toHaveLength(2);
});

test('numbers may be shorter than they could be, and padding is no record', () => {
  const short = template(256, [8, 4], [12, 4], [7, 2], [11, 2], [4, 1], [2, 3], [1, 5]);
  const bytes = packed('0a000001', '0a000002', [2, 40_000], [2, 53], [1, 17], '000102', '0000000304', '000000');
  const { take, between, sink } = collecting();
  take([ipfixMessage(0, set(2, short), set(256, bytes))]);
  expect(between(from, to)?.ab).toEqual([0x102, 0x304]);
  expect(sink.observations).toHaveLength(1);
});

test.each<[string, number, number, string, number]>([
  ['seconds', 150, 4, (exportSeconds - 9).toString(16).padStart(8, '0'), -9_000],
  ['milliseconds', 152, 8, (exportSeconds * 1_000 - 8_765).toString(16).padStart(16, '0'), -8_765],
  // Seconds since 1900, and half of one.
  ['microseconds', 154, 8, `${(exportSeconds - 9 + 2_208_988_800).toString(16)}80000000`, -8_500],
  ['nanoseconds', 156, 8, `${(exportSeconds - 9 + 2_208_988_800).toString(16)}40000000`, -8_750],
  ['microseconds ago', 158, 4, (7_500_000).toString(16).padStart(8, '0'), -7_500],
])('a start in %s is understood', (_, element, length, hex, expected) => {
  const timed = template(256, ...fields, [element, length]);
  const { take, between } = collecting();
  take([ipfixMessage(0, set(2, timed), set(256, record(1), packed(hex)))]);
  expect(between(from, to)?.firstMs).toBe(exportSeconds * 1_000 + expected);
});

test('a start that cannot be is the moment of the export', () => {
  const timed = template(256, ...fields, [152, 8]);
  const { take, between } = collecting();
  take([ipfixMessage(0, set(2, timed), set(256, record(1), packed('ffffffffffffffff')))]);
  expect(between(from, to)).toMatchObject({ firstMs: exportSeconds * 1_000, lastMs: exportSeconds * 1_000 });
});

test.each<[string, readonly (readonly [number, number])[], string, number]>([
  [
    'one and then a gap',
    [
      [305, 4],
      [306, 4],
    ],
    '00000001 00000063',
    100,
  ],
  [
    'some of a population',
    [
      [309, 4],
      [310, 4],
    ],
    '00000002 00000064',
    50,
  ],
  ['a probability', [[311, 8]], '3f847ae147ae147b', 100],
  ['the old way', [[34, 4]], '00000200', 512],
  ['nonsense', [[34, 4]], '00000000', 1],
])('sampling that options tell as %s scales what follows', (_, elements, hex, rate) => {
  const count = elements.length + 1;
  const scope = packed([2, 300], [2, count], [2, 1], [2, 149], [2, 4]);
  const rest = packed(...elements.flatMap(([id, length]) => [[2, id] as const, [2, length] as const]));
  const { take, between } = collecting();
  take([ipfixMessage(0, set(3, scope, rest), set(300, packed([4, 7], hex)), set(2, plain), set(256, record(1)))]);
  expect(between(from, to)).toMatchObject({ ab: [rate, rate * 100], sampling: rate });
});

test('a template that is withdrawn is not used any more', () => {
  const { take, between } = collecting();
  take([ipfixMessage(0, set(2, plain), set(256, record(1)))]);
  take([ipfixMessage(1, set(2, packed([2, 256], [2, 0])), set(256, record(5)))]);
  expect(between(from, to)?.ab).toEqual([1, 100]);
  take([
    ipfixMessage(2, set(2, plain)),
    ipfixMessage(2, set(2, packed([2, 2], [2, 0]))),
    ipfixMessage(2, set(256, record(7))),
  ]);
  // What waited was taken when the template came again.
  expect(between(from, to)?.ab).toEqual([6, 600]);
});

test('who an exporter says began is certain', () => {
  const directed = template(256, ...fields, [239, 1]);
  const { take, between } = collecting();
  take([ipfixMessage(0, set(2, directed), set(256, record(1), packed([1, 2])))]);
  expect(between(to, from)).toMatchObject({ isCertain: true, ba: [1, 100] });
});

test('records that are missing by their numbers are counted', () => {
  const { take, sink } = collecting();
  const message = (sequence: number) => ipfixMessage(sequence, set(2, plain), set(256, record(1), record(1)));
  take([message(0), message(2), message(9)]);
  expect(sink.losses).toEqual({ 'exporter: flow records missing by their numbers': 5 });
});

test('a record that fills its set with nothing ends nothing', () => {
  const empty = template(256, [210, 0]);
  const { take, sink } = collecting();
  take([ipfixMessage(0, set(2, empty), set(256, new Uint8Array(100)))]);
  expect(sink.observations).toEqual([]);
});

test('a message that ends within a set is told, and what is whole is taken', () => {
  const whole = ipfixMessage(0, set(2, plain), set(256, record(1)), set(256, record(2)));
  const { take, between, sink } = collecting();
  take([whole.subarray(0, whole.length - 1)]);
  expect(between(from, to)?.ab).toEqual([1, 100]);
  expect(sink.losses).toEqual({ 'decoder: messages that end within a set': 1 });
});
