/** Frames exactly as drivers exchanged them with Gremlin Server 3.8. */

import { graphBinary, graphBinaryClient } from '../../../src/api/gremlin/graphbinary/serializer.ts';
import { graphson } from '../../../src/api/gremlin/graphson/serializer.ts';
import { type Request, readFrame, writeFrame } from '../../../src/api/gremlin/message.ts';
import { noElements } from '../../../src/api/gremlin/no-elements.ts';
import { Bytecode } from '../../../src/query/gremlin/bytecode.ts';
import { GMap } from '../../../src/query/gremlin/value/collections.ts';
import { long } from '../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../src/query/gremlin/value/predicate.ts';
import { tokens } from '../../../src/query/gremlin/value/token.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const read = (json: string): Request => graphson.typed.readRequest(Buffer.from(json));

const countRequest = bytes(
  `81 7122e189fd7a434da4babd015031386b 00000008${hex('bytecode')} 00000009${hex('traversal')} 00000002` +
    ` 0300 00000007${hex('gremlin')} 1500 00000002 00000001${hex('V')} 00000000 00000005${hex('count')} 00000000 00000000` +
    ` 0300 00000007${hex('aliases')} 0a00 00000001 0300 00000001${hex('g')} 0300 00000001${hex('g')}`,
);

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

test('a binary frame names its type before the payload', () => {
  const mime = 'application/vnd.graphbinary-v1.0';
  const frame = writeFrame({ mime, payload: Buffer.from('rest') });
  expect(frame[0]).toBe(0x20);
  expect(readFrame(frame)).toEqual({ mime, payload: Buffer.from('rest') });
  expect(readFrame(Buffer.concat([Buffer.from([0x10]), Buffer.from('Application/JSON')])).mime).toBe(
    'application/json',
  );
});

test('a frame that ends within its type is a mistake', () => {
  expect(() => readFrame(Buffer.alloc(0))).toThrow('the frame is empty');
  expect(() => readFrame(Buffer.from([0x20, 0x41]))).toThrow('the frame ends within its mime type of 32 bytes');
});

test('a traversal in GraphBinary', () => {
  const request = graphBinary.readRequest(countRequest);
  expect(request).toEqual({
    requestId: '7122e189-fd7a-434d-a4ba-bd015031386b',
    op: 'bytecode',
    processor: 'traversal',
    args: new Map<string, unknown>([
      [
        'gremlin',
        new Bytecode(
          [],
          [
            { name: 'V', args: [] },
            { name: 'count', args: [] },
          ],
        ),
      ],
      ['aliases', new GMap([['g', 'g']])],
    ]),
  });
  expect(graphBinaryClient.writeRequest(request).toString('hex')).toBe(countRequest.toString('hex'));
});

test('the answer of a traversal in GraphBinary', () => {
  const answer = graphBinary.writeResponse(
    {
      requestId: '7122e189-fd7a-434d-a4ba-bd015031386b',
      code: 200,
      message: '',
      attributes: new Map([['host', '/127.0.0.1:1']]),
      data: [long(6)],
      bulks: [1],
      meta: new Map(),
    },
    noElements,
  );
  expect(answer.toString('hex')).toBe(
    bytes(
      `81 00 7122e189fd7a434da4babd015031386b 000000c8 00 00000000 00000001 0300 00000004${hex('host')} 0300 0000000c${hex('/127.0.0.1:1')}` +
        ' 00000000 0900 00000001 2100 0000000000000001 0200 0000000000000006',
    ).toString('hex'),
  );
});

test('an answer without a result', () => {
  const answer = { requestId: undefined, code: 204, message: '', attributes: new Map(), data: null, meta: new Map() };
  expect(graphBinary.writeResponse(answer, noElements).toString('hex')).toBe(
    '8101000000cc00000000000000000000000000fe01',
  );
  expect(graphson.typed.writeResponse(answer, noElements).toString()).toBe(
    '{"requestId":null,"status":{"message":"","code":204,"attributes":{"@type":"g:Map","@value":[]}},"result":{"data":null,"meta":{"@type":"g:Map","@value":[]}}}',
  );
});

test('a script as the JavaScript driver sends it in GraphSON', () => {
  expect(
    read(
      '{"requestId":{"@type":"g:UUID","@value":"71741fa5-2627-431c-addf-0360bac3c879"},"op":"eval","processor":"","args":{"gremlin":"g.V().count()","aliases":{"g":"g"},"language":"gremlin-groovy","accept":"application/vnd.gremlin-v3.0+json"}}',
    ),
  ).toEqual({
    requestId: '71741fa5-2627-431c-addf-0360bac3c879',
    op: 'eval',
    processor: '',
    args: new Map<string, unknown>([
      ['gremlin', 'g.V().count()'],
      ['aliases', new GMap([['g', 'g']])],
      ['language', 'gremlin-groovy'],
      ['accept', 'application/vnd.gremlin-v3.0+json'],
    ]),
  });
});

test('a script as the Java driver sends it in GraphSON: a bare id, arguments as a map with types', () => {
  const { requestId, args } = read(
    '{"requestId":"71741FA5-2627-431C-ADDF-0360BAC3C879","op":"eval","processor":"","args":{"@type":"g:Map","@value":["gremlin","g.V(x)","batchSize",{"@type":"g:Int32","@value":64},"bindings",{"@type":"g:Map","@value":["x",{"@type":"g:Int64","@value":1}]}]}}',
  );
  expect(requestId).toBe('71741fa5-2627-431c-addf-0360bac3c879');
  expect([...args]).toEqual([
    ['gremlin', 'g.V(x)'],
    ['batchSize', 64],
    ['bindings', new GMap([['x', long(1)]])],
  ]);
});

test('bindings may be missing or null, and so may the arguments and the processor', () => {
  expect(
    read('{"requestId":"71741fa5-2627-431c-addf-0360bac3c879","op":"eval","args":{"bindings":null}}').args.get(
      'bindings',
    ),
  ).toBeNull();
  const bare = read('{"requestId":"71741fa5-2627-431c-addf-0360bac3c879","op":"close","args":null}');
  expect([bare.processor, bare.args.size]).toEqual(['', 0]);
});

test('predicates and words in a traversal of GraphSON', () => {
  const { args } = read(
    '{"requestId":{"@type":"g:UUID","@value":"a1289795-19c1-4946-826c-70189c3a515e"},"op":"bytecode","processor":"traversal","args":{"gremlin":{"@type":"g:Bytecode","@value":{"step":[["V"],["has","name",{"@type":"g:P","@value":{"predicate":"gt","value":5}}],["out"],["order"],["by","x",{"@type":"g:Order","@value":"desc"}]]}},"aliases":{"g":"g"}}}',
  );
  expect(args.get('gremlin')).toEqual(
    new Bytecode(
      [],
      [
        { name: 'V', args: [] },
        { name: 'has', args: ['name', new Predicate('gt', [5])] },
        { name: 'out', args: [] },
        { name: 'order', args: [] },
        { name: 'by', args: ['x', tokens.Order.desc] },
      ],
    ),
  );
});

test('the end of a transaction is a traversal with nothing but a source', () => {
  const { args } = read(
    '{"requestId":"a1289795-19c1-4946-826c-70189c3a515e","op":"bytecode","processor":"session","args":{"gremlin":{"@type":"g:Bytecode","@value":{"source":[["tx","commit"]]}}}}',
  );
  expect(args.get('gremlin')).toEqual(new Bytecode([{ name: 'tx', args: ['commit'] }], []));
});
