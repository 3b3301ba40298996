/** What is written is read again by the decoder of files. */
import fc from 'fast-check';
import { rawPacketLayout } from '../../src/flow/layout.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { RAW_PACKETS_ALONE } from '../../src/native/packets.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket, pcapngStatistics } from '../../src/std/pcapng.ts';
import { joined, udpFrame, udpPacket } from '../capture/files.ts';
import { observed } from '../capture/observed.ts';

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

test('statistics are what the draft says, and stepped over by who wants packets', () => {
  const statistics = pcapngStatistics({ interface: 1, timestampNs: NS, received: 9, dropped: 2, delivered: 7 });
  expect(Buffer.from(statistics).toString('hex')).toBe(
    [
      '05000000', // interface statistics block
      '40000000', // of 64 bytes
      '01000000',
      'fe9c9717', // high half of the time, 0x17979cfe3d85cd15
      '15cd853d',
      '0400080009000000',
      '00000000', // isb_ifrecv
      '0700080002000000',
      '00000000', // isb_osdrop
      '0800080007000000',
      '00000000', // isb_usrdeliv
      '00000000', // end of options
      '40000000',
    ].join(''),
  );
  const eth0 = pcapngInterface({ linkType: 1, snapLength: 0 });
  const packet = pcapngPacket({ interface: 0, timestampNs: NS, data: udpFrame(), length: 60 });
  expect(read(joined(pcapngHeader('skein'), eth0, eth0, statistics, packet, statistics)).packets).toBe(1);
});

test('packets alone are handed out as they are, whatever they are', () => {
  const decoder = door.openDecoder({ source: 5, rawPacketLimit: RAW_PACKETS_ALONE, rawBytes: 40 });
  const frames = [udpFrame(), Uint8Array.of(1, 2, 3), ...Array.from({ length: 300 }, () => udpFrame())];
  for (const data of frames) decoder.packet(data, { timestampNs: NS, linkType: 1, length: 1500 });
  const { observations, rawPackets } = decoder.drain(0);
  expect(observations).toHaveLength(0);
  const view = new DataView(rawPackets.buffer, rawPackets.byteOffset, rawPackets.length);
  const sizes: number[] = [];
  const { headBytes, source, length, captured, ms } = rawPacketLayout;
  for (let at = 0; at < rawPackets.length; ) {
    expect([view.getUint32(at + source, true), view.getUint32(at + length, true)]).toEqual([5, 1500]);
    expect(view.getFloat64(at + ms, true)).toBeCloseTo(1_700_000_000_123.457, 2);
    sizes.push(view.getUint32(at + captured, true));
    at += headBytes + Math.ceil(view.getUint32(at + captured, true) / 8) * 8;
  }
  expect(sizes).toEqual(frames.map((frame) => Math.min(40, frame.length)));
  expect(decoder.stats()).toMatchObject({ packets: 302, rawDropped: 0 });
  decoder.close();
});
