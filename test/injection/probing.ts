/** An injection of three packets of a type, as a host is told of it. */
import type { Probing } from '../../src/injection/order.ts';

export function probing(type: Probing['type'], more: Partial<Probing> = {}): Probing {
  const isV4 = type.endsWith('4');
  return {
    kind: 'packets',
    type,
    source: isV4 ? '10.0.0.1' : 'fd00::1',
    destination: isV4 ? '10.0.0.2' : 'fd00::2',
    sourcePort: type.startsWith('icmp') ? 0 : 50_000,
    destinationPort: type.startsWith('icmp') ? 0 : 80,
    icmpId: type.startsWith('icmp') ? 123 : 0,
    sequence: 0xffff_ffff,
    isRandom: false,
    count: 3,
    ttl: 7,
    payload: Buffer.from('hello').toString('base64'),
    incrementBytes: 0,
    ...more,
  };
}
