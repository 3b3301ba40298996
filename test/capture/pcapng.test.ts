/** What is written is read again by the decoder of files. */
import fc from 'fast-check';
import { pcapngHeader, pcapngInterface, pcapngPacket } from '../../src/capture/pcapng.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { joined, udpFrame, udpPacket } from './files.ts';
import { observed } from './observed.ts';

const door = openPacketDoor();
const NS = 1_700_000_000_123_456_789n;

function read(file: Uint8Array) {
  const decoder = door.openDecoder({ source: 1 });
  const { packets } = decoder.file(file);
  expect(decoder.end()).toBeUndefined();
  return { packets, seen: observed(decoder.drain(0).observations) };
}

test('packets of several interfaces are read as they were written', () => {
  const file = joined(
    pcapngHeader('skein', 'of a test'),
    pcapngInterface({ linkType: 1, snapLength: 256, name: 'eth0', description: 'first', filter: 'udp' }),
    pcapngInterface({ linkType: 101, snapLength: 0 }),
    pcapngPacket({ interface: 0, timestampNs: NS, data: udpFrame(), length: 1500, comment: 'drôle' }),
    pcapngPacket({ interface: 1, timestampNs: NS + 1_000_000n, data: udpPacket(), length: 30 }),
  );
  const { packets, seen } = read(file);
  expect(packets).toBe(2);
  expect(seen).toMatchObject([
    { layers: 'Ethernet/IPv4/UDP', bytes: 1500, firstMs: expect.closeTo(1_700_000_000_123.457, 2) },
    { layers: 'IPv4/UDP', bytes: 30, firstMs: expect.closeTo(1_700_000_000_124.457, 2) },
  ]);
});

test('the bytes of a packet are those of the draft', () => {
  const hex = Buffer.from(
    pcapngPacket({ interface: 2, timestampNs: 0x0102030405060708n, data: Uint8Array.of(9), length: 7, comment: 'hi' }),
  );
  expect(hex.toString('hex')).toBe(
    [
      '06000000', // enhanced packet block
      '30000000', // of 48 bytes
      '02000000',
      '04030201', // high half of the time
      '08070605',
      '01000000', // captured
      '07000000', // on the wire
      '09000000', // padded
      '01000200', // comment, 2 bytes
      '68690000',
      '00000000', // end of options
      '30000000',
    ].join(''),
  );
});

test('whatever is written is whole', () => {
  const texts = fc.option(fc.string({ unit: 'grapheme', maxLength: 30 }), { nil: undefined });
  const written = fc.tuple(texts, texts, fc.uint8Array({ maxLength: 100 }), fc.bigInt({ min: 0n, max: 2n ** 62n }));
  fc.assert(
    fc.property(written, ([name, comment, data, timestampNs]) => {
      const file = joined(
        pcapngHeader('skein', ...(comment === undefined ? [] : [comment])),
        pcapngInterface({ linkType: 1, snapLength: 0, ...(name === undefined ? {} : { name, filter: name }) }),
        pcapngPacket({
          interface: 0,
          timestampNs,
          data,
          length: data.length,
          ...(comment === undefined ? {} : { comment }),
        }),
      );
      expect(read(file).packets).toBe(1);
    }),
  );
});

test('a text that is too long for an option is cut', () => {
  const file = joined(pcapngHeader('x'.repeat(100_000)), pcapngInterface({ linkType: 1, snapLength: 0 }));
  expect(read(file).packets).toBe(0);
});
