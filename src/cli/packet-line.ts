/** One packet in a line: who to whom, and what. Ethernet, VLANs, IPv4, IPv6 and ports; tshark knows the rest. */
import { groupsText, macText } from '../std/addresstext.ts';

const names: Readonly<Record<number, string>> = {
  1: 'ICMP',
  6: 'TCP',
  17: 'UDP',
  47: 'GRE',
  58: 'ICMPv6',
  132: 'SCTP',
};
const types: Readonly<Record<number, string>> = { 2054: 'ARP', 34887: 'MPLS', 35020: 'LLDP', 34915: 'PPPoE' };
/** LINKTYPE_ETHERNET, and those that begin with the address (RAW, IPV4, IPV6). */
const ETHERNET = 1;
const raw: ReadonlySet<number> = new Set([12, 101, 228, 229]);

/** `10.0.0.1:40000 → 10.0.0.2:443  TCP`; of what is not understood only what it may be. */
export function packetText(data: Uint8Array, linkType: number): string {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (raw.has(linkType)) return internet(view, 0) ?? 'IP';
  if (linkType !== ETHERNET || data.length < 14) return `link type ${linkType}`;
  let at = 12;
  // 802.1Q and 802.1ad
  while (at + 6 <= data.length && [0x8100, 0x88a8].includes(view.getUint16(at))) at += 4;
  const type = view.getUint16(at);
  const said = type === 0x0800 || type === 0x86dd ? internet(view, at + 2) : undefined;
  return said ?? `${mac(data, 6)} → ${mac(data, 0)}  ${types[type] ?? `0x${type.toString(16).padStart(4, '0')}`}`;
}

function internet(view: DataView, at: number): string | undefined {
  if (at >= view.byteLength) return undefined;
  const version = view.getUint8(at) >> 4;
  if (version === 4 && at + 20 <= view.byteLength) {
    const isFirst = (view.getUint16(at + 6) & 0x1fff) === 0;
    const payload = isFirst ? at + (view.getUint8(at) & 15) * 4 : view.byteLength;
    const address = (from: number) => [0, 1, 2, 3].map((i) => view.getUint8(from + i)).join('.');
    return between(view, payload, view.getUint8(at + 9), address(at + 12), address(at + 16));
  }
  if (version === 6 && at + 40 <= view.byteLength)
    return between(view, at + 40, view.getUint8(at + 6), address6(view, at + 8), address6(view, at + 24));
  return undefined;
}

function between(view: DataView, at: number, protocol: number, from: string, to: string): string {
  const name = names[protocol] ?? `IP protocol ${protocol}`;
  if (![6, 17, 132].includes(protocol) || at + 4 > view.byteLength) return `${from} → ${to}  ${name}`;
  const end = (address: string, port: number) =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return `${end(from, view.getUint16(at))} → ${end(to, view.getUint16(at + 2))}  ${name}`;
}

function address6(view: DataView, at: number): string {
  return groupsText(Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i)));
}

function mac(data: Uint8Array, at: number): string {
  return macText(data.subarray(at, at + 6));
}
