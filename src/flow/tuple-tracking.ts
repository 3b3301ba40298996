/** The TrackingID of a conversation that was not seen but told of: addresses as text, and ports. */
import { icmpTypes } from './layout.ts';
import { type Ends, protocols, trackingId } from './tracking.ts';
import { hash, hex64 } from './xxhash64.ts';

/** As SeenConversation has it: of ICMP it is an exchange of echoes. Undefined for what are no addresses. */
export function trackingOf({
  protocol,
  a,
  b,
  aPort,
  bPort,
}: {
  readonly protocol: number;
  readonly a: string;
  readonly b: string;
  readonly aPort: number;
  readonly bPort: number;
}): string | undefined {
  const [from, to] = [bytesOf(a), bytesOf(b)];
  if (!from || !to || from.length !== to.length) return undefined;
  const isIcmp = protocol === protocols.icmp || protocol === protocols.icmpv6;
  const order = compared(from, to) || aPort - bPort;
  const [lo, hi, loPort, hiPort] = order <= 0 ? [from, to, aPort, bPort] : [to, from, bPort, aPort];
  const ends: Ends = {
    family: from.length === 4 ? 4 : 6,
    protocol,
    lo,
    hi,
    loPort: isIcmp ? 0 : loPort,
    hiPort: isIcmp ? 0 : hiPort,
    icmpClass: isIcmp ? ECHO : 0,
    icmpCode: 0,
    icmpId: isIcmp ? aPort : 0,
    loMac: NO_MAC,
    hiMac: NO_MAC,
    tunnelPort: 0,
    networkId: 0,
  };
  trackingId(ends);
  return hex64(hash.high, hash.low);
}

const ECHO = icmpTypes.indexOf('ECHO');
const NO_MAC = new Uint8Array(6);

function compared(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return (a[at] as number) - (b[at] as number);
  return 0;
}

function bytesOf(address: string): Uint8Array | undefined {
  return address.includes(':') ? ipv6Bytes(address) : ipv4Bytes(address);
}

function ipv4Bytes(address: string): Uint8Array | undefined {
  const octets = address.split('.').map(Number);
  const isAddress =
    octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet < 256);
  return isAddress ? Uint8Array.from(octets) : undefined;
}

/** In groups; one that ends in an IPv4 address is none that a translation has. */
function ipv6Bytes(address: string): Uint8Array | undefined {
  const [head = '', tail, ...others] = address.split('::');
  const groupsIn = (text: string) => (text === '' ? [] : text.split(':'));
  const [first, last] = [groupsIn(head), groupsIn(tail ?? '')];
  const missing = 8 - first.length - last.length;
  if (others.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...first, ...Array.from({ length: missing }, () => '0'), ...last];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}
