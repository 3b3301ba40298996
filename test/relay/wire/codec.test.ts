import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import type { Message } from '../../../src/relay/message.ts';
import { decodeMessage, encodeMessage } from '../../../src/relay/wire/codec.ts';
import { decodeFacts, encodeFacts } from '../../../src/relay/wire/facts.ts';
import { WireFault } from '../../../src/relay/wire/fault.ts';
import { Reader } from '../../../src/relay/wire/reader.ts';
import { Writer } from '../../../src/relay/wire/writer.ts';
import { emptyFacts, flowOf, nodeOf } from '../facts.ts';

const hello: Message = {
  kind: 'hello',
  versions: { min: 1, max: 2 },
  software: '0.1.0',
  agent: 'a',
  run: 'r',
  host: 'h',
  role: 'home',
  spool: 's',
  first: 1,
  next: 2 ** 40,
  sentAt: 1000.25,
};
const messages: Message[] = [
  hello as Message,
  {
    kind: 'welcome',
    version: 1,
    software: '0.1.0',
    analyzer: 'z',
    kept: 0,
    wants: { graph: true, sockets: false },
    batchesMax: 8,
    bytesMax: 1 << 24,
    echo: 1000.25,
    sentAt: 1001,
  },
  { kind: 'refusal', code: 'host-taken', message: 'another agent is on this host', isFinal: true },
  { kind: 'batch', seq: 7, after: 4, facts: Buffer.from(encodeFacts(emptyFacts(3))) },
  { kind: 'ack', kept: 7 },
  { kind: 'ack', kept: 7, wants: { graph: true, sockets: true } },
  { kind: 'ack', kept: 7, window: { batchesMax: 2, bytesMax: 1 << 20 } },
  { kind: 'beat', sentAt: 3 },
  { kind: 'beat', sentAt: 3, echo: { sentAt: 1, receivedAt: 2 } },
  { kind: 'ask', id: 1, what: 'capture', body: { query: "G.V().Has('Name', 'eth0')" } },
  { kind: 'ask', id: 1, what: 'state', body: undefined },
  { kind: 'reply', id: 1, isLast: false, flows: [flowOf('a'), flowOf('b', { FinishType: 1 })] },
  { kind: 'reply', id: 1, isLast: true, body: null, bytes: new Uint8Array([1, 2]) },
  { kind: 'reply', id: 1, isLast: true, fault: { code: 'capture.none', message: 'none', hint: 'make one' } },
  { kind: 'reply', id: 1, isLast: true, flows: [], fault: { code: 'c', message: 'm' } },
  { kind: 'cancel', id: 1 },
];

test.each(messages)('a message of the kind $kind is read as it was written', (message) => {
  expect(decodeMessage(encodeMessage(message))).toStrictEqual(message);
});

test('a message that is cut or changed anywhere makes a WireFault or another message, and nothing else', () => {
  fc.assert(
    fc.property(fc.constantFrom(...messages), fc.nat(), fc.nat(), fc.nat(255), (message, cut, at, byte) => {
      const bytes = encodeMessage(message);
      bytes[at % bytes.length] = byte;
      try {
        decodeMessage(bytes.subarray(0, cut % (bytes.length + 1)));
      } catch (error) {
        expect(error).toBeInstanceOf(WireFault);
      }
    }),
    { numRuns: 1000 },
  );
});

test('nothing at all, and what is too much, are no messages', () => {
  expect(() => decodeMessage(new Uint8Array(0))).toThrow('no message of a kind that is known, at byte 0');
  expect(() => decodeMessage(new Uint8Array((32 << 20) + 1))).toThrow('message of 33554433 bytes');
});

test('a newer agent: fields that are not known are passed by', async () => {
  const newer = await schema((text) =>
    text
      .replace('message Hello {', 'message Hello {\n  string zone = 16;\n  Wants extra = 17;')
      .replace('message Flow {', 'message Flow {\n  fixed32 color = 16;\n  string shape = 17;')
      .replace('message Facts {', 'message Facts {\n  Graph hints = 16;')
      .replace('Gone gone = 3;', 'Gone gone = 3;\n    Wants renamed = 4;'),
  );
  const Hello = newer.lookupType('skein.relay.Message');
  const told = Hello.decode(encodeMessage(hello)).toJSON();
  const bytes = Hello.encode(
    Hello.fromObject({ hello: { ...told.hello, zone: 'z', extra: { graph: true } } }),
  ).finish();
  expect(decodeMessage(bytes)).toStrictEqual(hello);

  const Facts = newer.lookupType('skein.relay.Facts');
  const plain = { ...emptyFacts(5), graph: [version('a')], flows: [flowOf('a')] };
  const read = Facts.toObject(Facts.decode(encodeFacts(plain))) as {
    living: { flow: object[] };
    graph: { told: object[] };
  };
  read.living.flow = read.living.flow.map((flow) => ({ ...flow, color: 7, shape: 'round' }));
  read.graph.told.push({ renamed: { graph: true } });
  const more = Facts.encode(Facts.fromObject({ ...read, hints: { told: [] } })).finish();
  expect(decodeFacts(more)).toStrictEqual(plain);
});

test('an older agent: what it does not say is not there', async () => {
  const older = await schema((text) =>
    text
      .replace('  Sockets sockets = 11;\n', '')
      .replace('  optional double sampling = 36;\n', '')
      .replace('  double raw_packets_captured = 34;\n', ''),
  );
  const Facts = older.lookupType('skein.relay.Facts');
  const flow = flowOf('a', { Sampling: 4, RawPacketsCaptured: 3 });
  const bytes = Facts.encode(
    Facts.fromObject(Facts.toObject(Facts.decode(encodeFacts({ ...emptyFacts(5), flows: [flow] })))),
  ).finish();
  expect(decodeFacts(bytes)).toStrictEqual({ ...emptyFacts(5), flows: [flowOf('a')] });
});

test('a value of an enumeration that came later survives', () => {
  const later = { ...hello, kind: 'refusal', code: 'moon-phase', message: '', isFinal: false } as unknown as Message;
  expect(decodeMessage(encodeMessage(later))).toMatchObject({ code: 'moon-phase' });
  const lost = [{ what: 'dreams', count: 1, from: 2, to: 3 }] as never;
  expect(decodeFacts(encodeFacts({ ...emptyFacts(1), lost })).lost).toStrictEqual(lost);
});

test('a message inside of any length has its length before it', () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 70_000, 2_100_000]) {
    const to = new Writer();
    const start = to.begin(3);
    to.bytes(1, new Uint8Array(length).fill(7));
    to.end(start);
    to.uint(4, 5);
    const from = new Reader(to.finish());
    expect(from.field()).toBe(3);
    const end = from.enter();
    expect(from.field()).toBe(1);
    expect(from.bytes().equals(Buffer.alloc(length, 7))).toBe(true);
    expect(from.field()).toBe(0);
    from.leave(end);
    expect([from.field(), from.uint(), from.field()]).toEqual([4, 5, 0]);
  }
});

test('the module is what relay.proto makes', () => {
  const script = join(import.meta.dirname, '../../../scripts/build-proto.sh');
  expect(() => execFileSync('sh', [script, '--check'], { stdio: 'pipe', timeout: 60_000 })).not.toThrow();
}, 60_000);

function version(id: string) {
  return { kind: 'version', element: nodeOf(id, 1, { Name: id }) } as const;
}

/** The .proto as another release would have it. */
async function schema(change: (text: string) => string): Promise<protobuf.Root> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(join(import.meta.dirname, '../../../src/relay/wire/relay.proto'), 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  return protobuf.parse(changed).root;
}
