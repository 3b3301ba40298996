import fc from 'fast-check';
import { ipv4Text, ipv6Text, macText } from '../../src/flow/address.ts';

test('any IPv6 address is written as URLs write it, but for IPv4 in IPv6', () => {
  const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const [a, b, c, d, e, f, g, h] = groups as [number, number, number, number, number, number, number, number];
      const words = [a * 65_536 + b, c * 65_536 + d, e * 65_536 + f, g * 65_536 + h] as const;
      fc.pre(!(words[0] === 0 && words[1] === 0 && words[2] === 0xffff));
      const url = new URL(`http://[${groups.map((each) => each.toString(16)).join(':')}]/`);
      expect(`[${ipv6Text(words)}]`).toBe(url.hostname);
    }),
    { numRuns: 1000 },
  );
});

test('IPv4 and MAC addresses', () => {
  expect(ipv4Text(0xc0a80001)).toBe('192.168.0.1');
  expect(ipv6Text([0, 0, 0xffff, 0xc0a80001])).toBe('::ffff:192.168.0.1');
  expect(macText(0x5254, 0x00aabbcc)).toBe('52:54:00:aa:bb:cc');
});
