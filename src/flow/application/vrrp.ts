/** VRRP advertisements: version 2 (RFC 3768) in full, version 3 (RFC 5798) as far as it is the same. */
import type { Layer } from '../flow.ts';
import { type Application, type Conversation, protocols } from './application.ts';
import { ByteReader } from './byte-reader.ts';
import { ipv4, ipv6 } from './text.ts';

export function decodeVrrp({ protocol, payloads }: Conversation): Application | undefined {
  if (protocol !== protocols.vrrp) return undefined;
  const layer = payloads.map(({ bytes }) => advertisement(bytes)).findLast((read) => read !== undefined);
  return layer && { name: 'VRRP', path: ['VRRP'], layers: { VRRPv2: layer } };
}

function advertisement(bytes: Uint8Array): Layer | undefined {
  const reader = new ByteReader(bytes);
  const versionAndType = reader.u8();
  const version = versionAndType >> 4;
  const virtualRouter = reader.u8();
  const priority = reader.u8();
  const count = reader.u8();
  const timers = reader.u16();
  const checksum = reader.u16();
  if (reader.isCut || (versionAndType & 0xf) !== 1 || (version !== 2 && version !== 3)) return undefined;
  // Version 3 does not say which addresses follow: their room does.
  const isWide = version === 3 && reader.left >= count * 16;
  const size = isWide ? 16 : 4;
  if (reader.left < count * size) return undefined;
  return {
    version,
    virtual_rtrID: virtualRouter,
    priority,
    count_ipaddr: count,
    // Seconds in version 2, after its type of authentication; hundredths of them in version 3.
    adver_int: version === 2 ? timers & 0xff : timers & 0xfff,
    ...(version === 2 && { auth_type: timers >> 8 }),
    checksum,
    addresses: Array.from({ length: count }, () => (isWide ? ipv6 : ipv4)(reader.take(size))),
  };
}
