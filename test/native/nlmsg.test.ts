import fc from 'fast-check';
import { joined } from '../../src/native/fake.ts';
import {
  attributeMap,
  attributes,
  i32,
  MessageBuilder,
  messages,
  NLM_F,
  text,
  u8,
  u16,
  u32,
  u64,
} from '../../src/native/nlmsg.ts';

/** RTM_NEWLINK of lo as a Linux 6 kernel told it, cut after IFLA_IFNAME and IFLA_TXQLEN. */
const LO = Buffer.from(
  '300000001000020007000000d2040000000004030100000049000100000000000700030 06c6f000008000d00e8030000'.replaceAll(
    ' ',
    '',
  ),
  'hex',
);

test('a message of the kernel is read', () => {
  const [message] = [...messages(LO)];
  expect(message).toMatchObject({ type: 16, flags: NLM_F.multi, sequence: 7, portId: 1234 });
  const found = attributeMap(message?.payload ?? LO, 16);
  expect(text(found.get(3))).toBe('lo');
  expect(u32(found.get(13))).toBe(1000);
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
  expect(attributes(new Uint8Array(64)).next()).toEqual({ done: true, value: 64 });
});

test('attributes nest and keep their marks apart from their type', () => {
  const built = new MessageBuilder(16, NLM_F.create)
    .nested(18, (inside) => inside.string(1, 'veth').nested(2, (data) => data.u32(9, 5)))
    .u8(30, 1)
    .build();
  const found = [...attributes(built, 16)];
  expect(found.map(({ type, isNested }) => [type, isNested])).toEqual([
    [18, true],
    [30, false],
  ]);
  const info = attributeMap(found[0]?.value ?? built);
  expect(text(info.get(1))).toBe('veth');
  expect(u32(attributeMap(info.get(2) ?? built).get(9))).toBe(5);
});

test('values too short are undefined', () => {
  const short = new Uint8Array(1);
  expect([u16(short), u32(short), i32(short), u64(short), u8(new Uint8Array()), text(undefined)]).toEqual(
    Array(6).fill(undefined),
  );
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
        const found = [...attributes(message.payload, (fixed.length + 3) & ~3)];
        expect(found.map((each) => [each.type, [...each.value]])).toEqual(wanted.map(([type, of]) => [type, [...of]]));
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
        const inside = attributes(step.value.payload, 16);
        while (!inside.next().done);
        attributeMap(step.value.payload, 4).forEach((value) => {
          text(value);
        });
      }
      expect(step.value).toBe(Math.max(0, bytes.length - read));
    }),
    { numRuns: 3000 },
  );
});

test('a value that no attribute can hold is refused when building', () => {
  expect(() => new MessageBuilder(1, 0).bytes(1, new Uint8Array(70_000))).toThrow('65535');
});
