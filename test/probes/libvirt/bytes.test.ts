/** Bytes of libvirt's protocol, in pieces of any size, and bytes that are none. */
import fc from 'fast-check';
import { readLibvirtAddress } from '../../../src/probes/libvirt/address.ts';
import { readDomain } from '../../../src/probes/libvirt/domain.ts';
import { Frames } from '../../../src/probes/libvirt/frames.ts';
import { BadBytes, XdrReader, XdrWriter } from '../../../src/probes/libvirt/xdr.ts';
import { frame } from './speaking.ts';

test('messages come out whole, whatever the pieces they come in', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (payloads, sizes) => {
      const whole = Buffer.concat(payloads.map((bytes) => frame([1, 2, 3, 4, 5, 6], Buffer.from(bytes))));
      const frames = new Frames();
      const out: Buffer[] = [];
      for (let at = 0, i = 0; at < whole.length; i++) {
        const size = sizes[i % sizes.length] as number;
        out.push(...frames.push(whole.subarray(at, at + size)));
        at += size;
      }
      expect(out.map((message) => message.subarray(24))).toEqual(payloads.map((bytes) => Buffer.from(bytes)));
    }),
  );
});

test('any other bytes are messages or refused, and nothing is read that is not there', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        for (const message of new Frames().push(Buffer.from(bytes))) expect(message.length).toBeLessThanOrEqual(200);
        const reader = new XdrReader(Buffer.from(bytes));
        reader.optional(() => reader.string(100));
        reader.list(1_000, () => reader.opaque(3));
        reader.int();
      } catch (error) {
        expect(error).toBeInstanceOf(BadBytes);
      }
    }),
  );
});

test('what is written can be read (RFC 4506: four bytes at a time)', () => {
  const bytes = new XdrWriter()
    .uint(1)
    .string('abcde')
    .uint(-2)
    .opaque(Buffer.from([9]))
    .bytes();
  expect(bytes.toString('hex')).toBe('00000001' + '00000005' + '6162636465000000' + 'fffffffe' + '09000000');
  const reader = new XdrReader(bytes);
  expect(reader.optional(() => reader.string(5))).toBe('abcde');
  expect(reader.int()).toBe(-2);
  expect(reader.opaque(1)).toEqual(Buffer.from([9]));
});

test.each([
  ['qemu:///system', 'qemu:///system', '/var/run/libvirt/libvirt-sock-ro'],
  ['qemu+unix:///system', 'qemu:///system', '/var/run/libvirt/libvirt-sock-ro'],
  ['test:///default?socket=/run/a%20b', 'test:///default', '/run/a b'],
  ['qemu:///embed?root=/x&socket=/s&mode=direct', 'qemu:///embed?root=/x', '/s'],
])('%s asks for %s at %s', (text, uri, socket) => {
  const address = readLibvirtAddress(text);
  expect(address?.uri).toBe(uri);
  expect(address?.sockets[0]).toBe(socket);
});

test('drivers with a daemon of their own are looked for there too, and first where one can only read', () => {
  expect(readLibvirtAddress('qemu:///system')?.sockets).toEqual([
    '/var/run/libvirt/libvirt-sock-ro',
    '/var/run/libvirt/libvirt-sock',
    '/var/run/libvirt/virtqemud-sock-ro',
    '/var/run/libvirt/virtqemud-sock',
  ]);
});

test.each([
  '',
  'qemu',
  'qemu+ssh://root@host/system',
  'qemu+tcp://host/system',
  'qemu://host/system',
  '/run/sock',
  'test:///default?socket=sock',
])('%j is on no socket of this machine', (text) => expect(readLibvirtAddress(text)).toBeUndefined());

test('a domain is never more than its XML says, however wild that is', () => {
  const ref = { name: 'a', uuid: '1'.repeat(32), id: 1 };
  const piece = fc.constantFrom(
    '<domain>',
    '</domain>',
    '<devices>',
    "<interface type='hostdev'>",
    '<source>',
    '&amp;',
    '&x;',
    ']]>',
    '<![CDATA[',
    '<!--',
    '<?x',
    "<address bus='0x1' slot='2'/>",
    '</a>',
    '"',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
      const domain = readDomain({ ref, state: 1, xml: pieces.join('') });
      if (domain) expect(domain.name).toBe('a');
    }),
  );
});
