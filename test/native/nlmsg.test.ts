import fc from 'fast-check';
import { Attributes } from '../../src/native/attributes.ts';
import { joined } from '../../src/native/fake.ts';
import { LITTLE, MessageBuilder, messages, NLM_F } from '../../src/native/nlmsg.ts';

/** RTM_NEWLINK of lo as a Linux 6 kernel told it, cut after IFLA_IFNAME and IFLA_TXQLEN. */
const LO = Buffer.from(
  '300000001000020007000000d2040000000004030100000049000100000000000700030 06c6f000008000d00e8030000'.replaceAll(
    ' ',
    '',
  ),
  'hex',
);

test('what is cut out of a batch that is a Buffer is copied where it is asked to be', () => {
  const batch = Buffer.from(new MessageBuilder(20, 0).bytes(1, new Uint8Array([1, 2, 3])).build());
  for (const { payload } of messages(batch)) {
    const attributes = new Attributes(payload);
    attributes.next();
    attributes.bytes().slice().fill(9);
  }
  expect([...batch.subarray(20, 23)]).toEqual([1, 2, 3]);
});

test('a message of the kernel is read', () => {
  const [message] = [...messages(LO)];
  expect(message).toMatchObject({ type: 16, flags: NLM_F.multi, sequence: 7, portId: 1234 });
  const attributes = new Attributes(message?.payload ?? LO, 16);
  expect([attributes.next(), attributes.type, attributes.text()]).toEqual([true, 3, 'lo']);
  expect([attributes.next(), attributes.type, attributes.u32()]).toEqual([true, 13, 1000]);
  expect(attributes.next()).toBe(false);
});

test('messages of a batch are told apart by their aligned lengths', () => {
  const odd = new MessageBuilder(20, 0).fixed(new Uint8Array(3)).build();
  expect([...messages(joined([LO, odd, LO]))].map(({ type }) => type)).toEqual([16, 20, 16]);
});

test('what is cut off is left unread and counted', () => {
  for (let length = 0; length < LO.length; length++) {
    expect(messages(LO.subarray(0, length)).next()).toEqual({ done: true, value: length });
  }
});

test('a length of zero does not go round in circles', () => {
  expect(messages(new Uint8Array(64)).next()).toEqual({ done: true, value: 64 });
  expect(new Attributes(new Uint8Array(64)).next()).toBe(false);
});

test('attributes nest and keep their marks apart from their type', () => {
  const built = new MessageBuilder(16, NLM_F.create)
    .nested(18, (inside) => inside.string(1, 'veth').nested(2, (data) => data.u32(9, 5)))
    .u8(30, 1)
    .build();
  expect(new DataView(built.buffer).getUint16(18, LITTLE)).toBe(18 | 0x8000);
  const found = new Attributes(built, 16);
  expect([found.next(), found.type]).toEqual([true, 18]);
  const info = found.nested();
  expect([info.next(), info.type, info.text()]).toEqual([true, 1, 'veth']);
  expect([info.next(), info.type]).toEqual([true, 2]);
  const data = info.nested();
  expect([data.next(), data.type, data.u32(), data.next()]).toEqual([true, 9, 5, false]);
  expect([info.next(), found.next(), found.type, found.u8(), found.next()]).toEqual([false, true, 30, 1, false]);
});

test('values too short are zero or empty', () => {
  const short = Attributes.struct(Uint8Array.of(255));
  expect([short.u16(), short.u32(), short.i32(), short.u64(), short.be16(), short.be32(), short.u8(1)]).toEqual(
    Array(7).fill(0),
  );
  expect([Attributes.struct(new Uint8Array()).text(), short.bytes(2).length]).toEqual(['', 0]);
});

test('what is built is read back, whatever it is', () => {
  const value = fc.uint8Array({ maxLength: 300 });
  const list = fc.array(fc.tuple(fc.integer({ min: 1, max: 0x3fff }), value), { maxLength: 40 });
  fc.assert(
    fc.property(list, fc.uint8Array({ maxLength: 20 }), (wanted, fixed) => {
      const builder = new MessageBuilder(99, 5).fixed(fixed);
      for (const [type, bytes] of wanted) builder.bytes(type, bytes);
      const batch = joined([builder.build(), builder.build()]);
      const read = [...messages(batch)];
      expect(read.length).toBe(2);
      for (const message of read) {
        const attributes = new Attributes(message.payload, (fixed.length + 3) & ~3);
        const found: [number, number[]][] = [];
        while (attributes.next()) found.push([attributes.type, [...attributes.bytes()]]);
        expect(found).toEqual(wanted.map(([type, of]) => [type, [...of]]));
      }
    }),
  );
});

test('random bytes and real ones with bytes changed never throw, and every byte is accounted for', () => {
  const random = fc.uint8Array({ maxLength: 200 });
  const spoilt = fc.tuple(fc.nat(LO.length * 2 - 1), fc.nat(255), fc.nat(LO.length * 2)).map(([at, byte, length]) => {
    const bytes = joined([LO, LO]);
    bytes[at] = byte;
    return bytes.subarray(0, length);
  });
  fc.assert(
    fc.property(fc.oneof(random, spoilt), (bytes) => {
      const walk = messages(bytes);
      let read = 0;
      let step = walk.next();
      for (; !step.done; step = walk.next()) {
        read += (step.value.bytes.length + 3) & ~3;
        const attributes = new Attributes(step.value.payload, 4);
        while (attributes.next()) attributes.text();
      }
      expect(step.value).toBe(Math.max(0, bytes.length - read));
    }),
    { numRuns: 3000 },
  );
});

test('a value that no attribute can hold is refused when building', () => {
  expect(() => new MessageBuilder(1, 0).bytes(1, new Uint8Array(70_000))).toThrow('65535');
});
