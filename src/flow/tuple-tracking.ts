/** The TrackingID of a conversation that was not seen but told of: addresses as text, and ports. */
import { parseAddress } from '../std/address.ts';
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
  const [from, to] = [parseAddress(a)?.bytes, parseAddress(b)?.bytes];
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
