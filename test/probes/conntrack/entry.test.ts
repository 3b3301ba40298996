import fc from 'fast-check';
import { TranslationTable } from '../../../src/ends/translation-table.ts';
import { CT } from '../../../src/native/ctnetlink.ts';
import { joined } from '../../../src/native/fake.ts';
import { MessageBuilder } from '../../../src/native/nlmsg.ts';
import { destinationText, Entries } from '../../../src/probes/conntrack/entry.ts';
import { CpuStats, readFill } from '../../../src/probes/conntrack/stats.ts';
import { Tally } from '../../../src/probes/conntrack/tally.ts';
import { Translated } from '../../../src/probes/conntrack/translated.ts';

test('bytes that make no sense never throw, and are read no further than they go', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(20), fc.nat(300), (noise, at, cut) => {
      const batch = joined([entry(1), entry(2)]);
      batch.set(noise.subarray(0, Math.max(0, batch.length - at)), Math.min(at, batch.length));
      for (const bytes of [noise, batch, batch.subarray(0, cut)]) everything(bytes);
    }),
    { numRuns: 2_000 },
  );
});

test('every byte of an entry may be another', () => {
  const whole = entry(1);
  for (let at = 0; at < whole.length; at++)
    for (const value of [0, 1, 4, 0x7f, 0x80, 0xff]) {
      const other = whole.slice();
      other[at] = value;
      everything(other);
    }
});

test('an entry cut anywhere gives what is whole of it, or nothing', () => {
  const whole = entry(1);
  for (let length = 0; length < whole.length; length++)
    expect(new Entries(whole.subarray(0, length)).next()).toBe(false);
  const entries = new Entries(whole);
  expect(entries.next()).toBe(true);
  expect(entries.original()).toEqual({
    protocol: 6,
    source: '10.1.0.1',
    sourcePort: 1000,
    destination: '10.2.0.2',
    destinationPort: 443,
  });
  expect(destinationText(entries.destination())).toBe('10.2.0.2:443');
});

test('destinations of both families are told with their port', () => {
  expect(destinationText(0xffff_ffff * 65_536 + 65_535)).toBe('255.255.255.255:65535');
  expect(destinationText('[fd00::1]:80')).toBe('[fd00::1]:80');
});

test('an entry that went while it was dumped does not come back', () => {
  const table = new TranslationTable();
  const translated = new Translated({ node: 'n', max: 10, writer: table, now: () => 7, notKept: () => undefined });
  translated.hear(entry(1));
  translated.begin();
  translated.hear(entry(1, CT.delete));
  translated.dump(joined([entry(1), entry(2)]), () => undefined);
  translated.hear(entry(3));
  translated.end(true);
  expect([...table.live()].map(({ id }) => id).sort()).toEqual(['n/0/2', 'n/0/3']);
  // What the next dump does not tell of has gone without an event.
  translated.begin();
  translated.dump(entry(3), () => undefined);
  translated.end(true);
  expect([...table.live()].map(({ id }) => id)).toEqual(['n/0/3']);
  // One that broke off proves nothing.
  translated.begin();
  translated.end(false);
  expect([...table.live()]).toHaveLength(1);
});

test('more translations than are kept are counted', () => {
  const table = new TranslationTable();
  let missed = 0;
  const notKept = (count: number) => {
    missed += count;
  };
  const translated = new Translated({ node: 'n', max: 2, writer: table, now: () => 7, notKept });
  translated.hear(joined([entry(1), entry(2), entry(3)]));
  translated.begin();
  translated.dump(joined([entry(1), entry(2), entry(3), entry(4)]), () => undefined);
  translated.end(true);
  expect([[...table.live()].length, missed]).toEqual([2, 3]);
});

function everything(bytes: Uint8Array): void {
  const entries = new Entries(bytes);
  const tally = new Tally();
  let count = 0;
  while (entries.next()) {
    expect(++count).toBeLessThanOrEqual(bytes.length / 16);
    tally.add(entries);
    entries.original();
    entries.reply();
    destinationText(entries.destination());
  }
  tally.levels();
  new CpuStats().hear(bytes);
  readFill([bytes]);
}

/** Masqueraded TCP in SYN_SENT. */
function entry(id: number, type: number = CT.entry): Uint8Array {
  const message = new MessageBuilder(type, 0).fixed(new Uint8Array([2, 0, 0, 0]));
  const tuple = (from: number[], to: number[], ports: [number, number]) => (m: MessageBuilder) => {
    m.nested(1, (ip) => ip.bytes(1, new Uint8Array(from)).bytes(2, new Uint8Array(to)));
    m.nested(2, (proto) => proto.u8(1, 6).bytes(2, be16(ports[0])).bytes(3, be16(ports[1])));
  };
  message.nested(1, tuple([10, 1, 0, 1], [10, 2, 0, 2], [1000, 443]));
  message.nested(2, tuple([10, 2, 0, 2], [192, 0, 2, 1], [443, 1000]));
  message.bytes(3, new Uint8Array([0, 0, 0, 0x18]));
  message.nested(4, (m) => m.nested(1, (tcp) => tcp.u8(1, 1)));
  return message.bytes(12, new Uint8Array([0, 0, 0, id])).build();
}

function be16(value: number): Uint8Array {
  return new Uint8Array([value >> 8, value]);
}
