/** A few bytes cannot make their reader take much time or memory, and what is refused is told with its place. */
import { graphBinary, graphBinaryClient } from '../../../src/api/gremlin/graphbinary/serializer.ts';
import { graphson } from '../../../src/api/gremlin/graphson/serializer.ts';
import { noElements } from '../../../src/api/gremlin/no-elements.ts';
import type { Argument } from '../../../src/query/gremlin/bytecode.ts';
import { GMap } from '../../../src/query/gremlin/value/collections.ts';
import { BulkSet, type GValue, Tree } from '../../../src/query/gremlin/value/value.ts';
import { Mistake } from '../../../src/std/mistake.ts';
import { usedMs } from '../../used-ms.ts';

const requestId = '7122e189-fd7a-434d-a4ba-bd015031386b';

/** A request whose one argument is these bytes; it begins at byte 40. */
function inBinary(argument: Buffer | string): Argument | undefined {
  const head = graphBinaryClient.writeRequest({ requestId, op: 'eval', processor: '', args: new Map([['x', 'y']]) });
  const bytes = typeof argument === 'string' ? Buffer.from(argument.replaceAll(' ', ''), 'hex') : argument;
  return graphBinary.readRequest(Buffer.concat([head.subarray(0, -7), bytes])).args.get('x');
}

function inJson(argument: string): Argument | undefined {
  return graphson.typed
    .readRequest(Buffer.from(`{"requestId":"${requestId}","op":"eval","args":{"x":${argument}}}`))
    .args.get('x');
}

function fault(read: () => unknown): { message: string; from: number | undefined } {
  try {
    read();
  } catch (error) {
    if (error instanceof Mistake) return { message: error.message, from: error.faults[0]?.from };
    throw error;
  }
  throw new Error('was read');
}

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

describe('GraphBinary', () => {
  test.each([
    ['a text', '0300 7fffffff 61', 'a text of length 2147483647 is longer than what is left of the message'],
    ['a list', '0900 7fffffff fe01', 'a list of length 2147483647 is longer than what is left of the message'],
    ['a list of less than nothing', '0900 ffffffff', 'a list has a length of -1'],
    ['a map', '0a00 00000002 fe01fe01', 'a map of length 2 is longer than what is left of the message'],
    ['a traversal', '1500 00100000', 'a traversal of length 1048576 is longer than what is left of the message'],
    ['a big number', '2300 7fffffff 01', 'a number of length 2147483647 is longer than what is left of the message'],
    ['a count', '0902 00000001 fe01 7fffffffffffffff', 'a count of 9223372036854775807 is out of range'],
    ['an unknown type', '7f00 00', 'unknown type 0x7f'],
    ['an unknown flag', '0108 00000001', 'unknown flag 8 of a value'],
    ['an unknown word', '1a00 0300 00000003 616263', 'no Order of this name: "abc"'],
    ['a day that never was', '8800 000007e7 02 1d 0000000000000000 00000000', 'no such date: 2023-02-29'],
  ])('%s is refused', (_what, bytes, message) => {
    expect(fault(() => inBinary(bytes)).message).toContain(message);
  });

  test('the place is a byte of the message', () => {
    expect(fault(() => inBinary('0900 00000001 7f00'))).toEqual({
      message: 'unknown type 0x7f (at byte 46)',
      from: 46,
    });
    expect(fault(() => inBinary('01')).message).toBe('the message ends within a value (at byte 41)');
  });

  test('what follows a message is refused', () => {
    expect(fault(() => inBinary('fe01 00')).message).toBe('bytes follow the message: 1 (at byte 42)');
  });

  test('another version is refused', () => {
    expect(fault(() => graphBinary.readRequest(Buffer.from('84'))).message).toContain('begins with 0x81');
  });

  test('a list with counts unfolds to 100,000 values at most', () => {
    expect(inBinary('0902 00000001 fe01 0000000000000003')).toEqual([null, null, null]);
    expect(fault(() => inBinary('0902 00000001 fe01 00000000000186a1')).message).toContain(
      'unfold to more than 100000 values',
    );
  });

  test('128 levels are read, more are not', () => {
    const nested = (levels: number): Buffer =>
      Buffer.concat([
        ...Array<Buffer>(levels).fill(Buffer.concat([Buffer.from([9, 0]), int(1)])),
        Buffer.from([0xfe, 1]),
      ]);
    expect(inBinary(nested(128))).toBeDefined();
    expect(fault(() => inBinary(nested(129))).message).toContain('values lie deeper than 128 levels');
    expect(fault(() => inBinary(nested(100_000))).message).toContain('values lie deeper than 128 levels');
  });

  test('sets within sets are bounded in depth and in all', () => {
    const around = (bytes: Buffer, levels: number): Buffer => {
      const head = Buffer.concat([Buffer.from([0x0b, 0]), int(1)]);
      return Buffer.concat([...Array<Buffer>(levels).fill(head), bytes]);
    };
    expect(inBinary(around(Buffer.from([0xfe, 1]), 16))).toBeDefined();
    expect(fault(() => inBinary(around(Buffer.from([0xfe, 1]), 17))).message).toContain(
      'sets and keys lie deeper than 16 levels',
    );
    const many = Buffer.concat([Buffer.from([9, 0]), int(150_000), Buffer.alloc(300_000, Buffer.from([0xfe, 1]))]);
    expect(fault(() => inBinary(around(many, 15))).message).toContain('too many values within sets and keys');
  });
});

describe('GraphSON', () => {
  test.each([
    ['no JSON', '{', 'no JSON'],
    ['an unknown type', '{"@type":"g:Nope","@value":1}', 'unknown type g:Nope (in args.x.g:Nope)'],
    ['an unknown word', '{"@type":"g:Order","@value":"up"}', 'unknown type g:Order'],
    [
      'a number that is none',
      '{"@type":"g:Int32","@value":"a"}',
      'a whole number from -2147483648 to 2147483647 should stand here',
    ],
    ['a number out of range', '{"@type":"gx:Byte","@value":128}', 'a whole number from -128 to 127 should stand here'],
    ['a number beyond 64 bits', '{"@type":"g:Int64","@value":9223372036854775808}', 'a whole number of 64 bits'],
    [
      'a number without end',
      `{"@type":"gx:BigInteger","@value":"${'9'.repeat(3000)}"}`,
      'a whole number of at most 2500 digits',
    ],
    [
      'an exponent without measure',
      '{"@type":"gx:BigDecimal","@value":1e99999999999}',
      'a decimal of at most 2500 digits',
    ],
    [
      'a number of a gigabyte',
      '{"@type":"gx:BigInteger","@value":11e99948181}',
      'a whole number of at most 2500 digits',
    ],
    ['a long of a gigabyte', '{"@type":"g:Int64","@value":11e99948181}', 'a whole number of 64 bits'],
    ['a map without a value', '{"@type":"g:Map","@value":["a"]}', 'a key has no value (in args.x.g:Map)'],
    [
      'a date that is none',
      '{"@type":"gx:OffsetDateTime","@value":"2023-02-29T00:00Z"}',
      'a date of ISO 8601 should stand here',
    ],
    [
      'a step that is no list',
      '{"@type":"g:Bytecode","@value":{"step":["V"]}}',
      'a list should stand here (in args.x.g:Bytecode.step[0])',
    ],
  ])('%s is refused', (_what, json, message) => {
    expect(fault(() => inJson(json)).message).toContain(message);
  });

  test('the place is a path, or a byte where there is no JSON at all', () => {
    expect(fault(() => inJson('[1,{"a":[{"@type":"g:UUID","@value":"x"}]}]')).message).toBe(
      'a UUID should stand here (in args.x[1].a[0].g:UUID)',
    );
    expect(fault(() => graphson.typed.readRequest(Buffer.from('{"a":1,}'))).from).toBe(7);
  });

  test('brackets without end are refused before they are looked at', () => {
    const start = usedMs();
    expect(fault(() => inJson('['.repeat(5_000_000))).message).toContain(
      'lists and objects lie deeper than 2048 levels',
    );
    expect(usedMs() - start).toBeLessThan(1000);
  });

  test('a request needs an id and an op', () => {
    const read = (json: string) => fault(() => graphson.typed.readRequest(Buffer.from(json))).message;
    expect(read('{"op":"eval"}')).toBe('a UUID should stand here (in requestId)');
    expect(read(`{"requestId":"${requestId}"}`)).toBe('a text should stand here (in op)');
    expect(read('[]')).toBe('an object should stand here (in the message)');
    expect(read(`{"requestId":"${requestId}","op":"eval","args":[]}`)).toBe(
      'a map of names should stand here (in args)',
    );
  });
});

test('the id of a request that cannot be read is still known', () => {
  const cut = graphBinaryClient.writeRequest({ requestId, op: 'eval', processor: '', args: new Map() }).subarray(0, 20);
  expect(graphBinary.requestIdOf(cut)).toBe(requestId);
  expect(graphBinary.requestIdOf(cut.subarray(0, 10))).toBeUndefined();
  expect(graphson.typed.requestIdOf(Buffer.from(`{"requestId" : "${requestId.toUpperCase()}", "op`))).toBe(requestId);
  expect(
    graphson.typed.requestIdOf(Buffer.from(`{"requestId":{"@type":"g:UUID","@value":"${requestId}"},"op":1}`)),
  ).toBe(requestId);
  expect(graphson.typed.requestIdOf(Buffer.from('{"op":"eval"}'))).toBeUndefined();
});

test('a bulk set without types is not unfolded without end', () => {
  const answer = (count: number) => ({
    requestId,
    code: 200,
    message: '',
    attributes: new Map<string, GValue>(),
    data: [new BulkSet(new GMap([['x', count]]))],
    meta: new Map<string, GValue>(),
  });
  expect(graphson.untyped.writeResponse(answer(3), noElements).toString()).toContain('"data":[["x","x","x"]]');
  expect(() => graphson.untyped.writeResponse(answer(1e12), noElements)).toThrow(
    'a bulk set is a list, of 100000 items at most',
  );
});

describe.each([
  ['GraphBinary', graphBinary],
  ['GraphSON', graphson.typed],
  ['GraphSON without types', graphson.untyped],
] as const)('an answer in %s', (_name, serializer) => {
  const write = (value: GValue): Buffer =>
    serializer.writeResponse(
      { requestId, code: 200, message: '', attributes: new Map(), data: [value], meta: new Map() },
      noElements,
    );

  test('that holds itself again and again is not written', () => {
    let value: GValue = ['abcdefghijklmnopqrstuvwxyz'.repeat(100)];
    for (let i = 0; i < 40; i++) value = [value, value];
    expect(() => write(value)).toThrow('the answer would have more than 134217728 bytes');
    expect(write(1).length).toBeGreaterThan(0);
  });

  test('that is nested without end is not written', () => {
    let value: GValue = 1;
    let tree = new Tree(new GMap());
    for (let i = 0; i < 100_000; i++) {
      value = [value];
      tree = new Tree(new GMap([[1, tree]]));
    }
    expect(() => write(value)).toThrow('nested deeper than 256 levels');
    expect(() => write(tree)).toThrow('nested deeper than 256 levels');
    expect(write(1).length).toBeGreaterThan(0);
  });
});
