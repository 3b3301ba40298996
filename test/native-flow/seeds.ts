/** One frame of each kind the engine reads: what is cut, counted and mutated in the tests beside this file. */
import type { Bytes } from './frames.ts';
import {
  arp,
  erspan2,
  erspan3,
  ethernet,
  extension,
  fragment6,
  geneve,
  gre,
  icmp,
  ip6A,
  ip6B,
  ipA,
  ipv4,
  ipv6,
  macA,
  mpls,
  SYN,
  sctp,
  tcp,
  text,
  u16,
  u32,
  udp,
  vlan,
  vxlan,
} from './frames.ts';

export interface Seed {
  readonly name: string;
  readonly linkType: number;
  readonly bytes: Bytes;
  /** Paths of its conversations from the outside in. */
  readonly paths: readonly string[];
}

const ping = icmp(8);
const inner = ethernet(0x0800, ipv4(17, udp(text('hello'))));
const innerPath = 'Ethernet/IPv4/UDP';
const over = (protocol: number, payload: Bytes): Bytes => ethernet(0x0800, ipv4(protocol, payload));
const overUdp = (port: number, payload: Bytes): Bytes => over(17, udp(payload, { to: port }));

const seed = (name: string, paths: readonly string[], bytes: Bytes, linkType = 1): Seed => ({
  name,
  linkType,
  bytes,
  paths,
});

const deep = (levels: number): Bytes => (levels === 0 ? ipv4(1, ping) : ipv4(4, deep(levels - 1)));

export const seeds: readonly Seed[] = [
  seed('TCP', ['Ethernet/IPv4/TCP'], over(6, tcp(text('GET /'), { flags: SYN, options: [2, 4, 5, 0xb4] }))),
  seed('UDP', ['Ethernet/IPv4/UDP'], over(17, udp(text('hello')))),
  seed('SCTP', ['Ethernet/IPv4/SCTP'], over(132, sctp())),
  seed('ICMP', ['Ethernet/IPv4/ICMPv4'], over(1, ping)),
  seed('IP options', ['Ethernet/IPv4/UDP'], ethernet(0x0800, ipv4(17, udp([1]), { options: [7, 3, 4, 0] }))),
  seed('IGMP', ['Ethernet/IPv4/IGMP'], over(2, [0x16, 0, 0, 0, 224, 0, 0, 5])),
  seed('ESP', ['Ethernet/IPv4/IPSecESP'], over(50, [...u32(1), ...u32(1)])),
  seed('AH', ['Ethernet/IPv4/IPSecAH'], over(51, [6, 4, 0, 0, ...u32(1), ...u32(1)])),
  seed('VRRP', ['Ethernet/IPv4'], over(112, [0x21, 1, 100, 1, 0, 1, 0, 0, ...ipA])),
  seed('a protocol without a name', ['Ethernet/IPv4'], over(89, [2, 1, 0, 44])),
  seed('ARP', ['Ethernet/ARP'], ethernet(0x0806, arp(1))),
  seed('LLDP', ['Ethernet'], ethernet(0x88cc, [2, 7, 4, ...macA])),
  seed('LLC', ['Ethernet/LLC'], ethernet(7, [0x42, 0x42, 3, 0, 0, 0, 0])),
  seed(
    'SNAP',
    ['Ethernet/LLC/IPv4/UDP'],
    ethernet(8 + 33, [0xaa, 0xaa, 3, 0, 0, 0, ...u16(0x0800), ...ipv4(17, udp(text('hello')))]),
  ),
  seed('a VLAN', ['Ethernet/Dot1Q/IPv4/ICMPv4'], ethernet(0x8100, vlan(202, 0x0800, ipv4(1, ping)))),
  seed(
    'VLANs',
    ['Ethernet/Dot1Q/Dot1Q/IPv4/ICMPv4'],
    ethernet(0x88a8, vlan(8, 0x8100, vlan(10, 0x0800, ipv4(1, ping)))),
  ),
  seed('PPPoE', ['Ethernet/PPP/IPv4/ICMPv4'], ethernet(0x8864, [0x11, 0, 0, 1, 0, 34, ...u16(0x21), ...ipv4(1, ping)])),
  seed('IPv6', ['Ethernet/IPv6/UDP'], ethernet(0x86dd, ipv6(17, udp(text('hello'))))),
  seed(
    'IPv6 headers',
    ['Ethernet/IPv6/IPv6Extension/TCP'],
    ethernet(0x86dd, ipv6(0, extension(60, extension(6, tcp(), 16)))),
  ),
  seed('ICMPv6 echo', ['Ethernet/IPv6/ICMPv6/ICMPv6Echo'], ethernet(0x86dd, ipv6(58, icmp(128)))),
  seed(
    'NS',
    ['Ethernet/IPv6/ICMPv6/ICMPv6NeighborSolicitation'],
    ethernet(0x86dd, ipv6(58, [135, 0, 0, 0, ...u32(0), ...ip6B])),
  ),
  seed(
    'NA',
    ['Ethernet/IPv6/ICMPv6/ICMPv6NeighborAdvertisement'],
    ethernet(0x86dd, ipv6(58, [136, 0, 0, 0, ...u32(0), ...ip6A])),
  ),
  seed('RS', ['Ethernet/IPv6/ICMPv6/ICMPv6RouterSolicitation'], ethernet(0x86dd, ipv6(58, [133, 0, 0, 0, ...u32(0)]))),
  seed('RA', ['Ethernet/IPv6/ICMPv6/ICMPv6RouterAdvertisement'], ethernet(0x86dd, ipv6(58, [134, 0, 0, 0, ...u32(0)]))),
  seed(
    'an IPv4 fragment',
    ['Ethernet/IPv4/Fragment'],
    ethernet(0x0800, ipv4(17, udp(text('hello...')), { isMore: true })),
  ),
  seed(
    'an IPv6 fragment',
    ['Ethernet/IPv6/Fragment'],
    ethernet(0x86dd, ipv6(44, fragment6(17, udp(text('hello...')), { isMore: true }))),
  ),
  seed('VXLAN', ['Ethernet/IPv4/UDP/VXLAN', innerPath], overUdp(4789, vxlan(77, inner))),
  seed('VXLAN to 8472', ['Ethernet/IPv4/UDP/VXLAN', innerPath], overUdp(8472, vxlan(77, inner))),
  seed('Geneve', ['Ethernet/IPv4/UDP/Geneve', innerPath], overUdp(6081, geneve(78, 0x6558, inner, [1, 2, 3, 0]))),
  seed(
    'Geneve of IP',
    ['Ethernet/IPv4/UDP/Geneve', 'IPv6/ICMPv6/ICMPv6Echo'],
    overUdp(6081, geneve(78, 0x86dd, ipv6(58, icmp(128)))),
  ),
  seed('GRE of IPv4', ['Ethernet/IPv4/GRE', 'IPv4/ICMPv4'], over(47, gre(0x0800, ipv4(1, ping)))),
  seed(
    'GRE with all fields',
    ['Ethernet/IPv4/GRE', 'IPv6/UDP'],
    over(47, gre(0x86dd, ipv6(17, udp([1])), { key: 99, sequence: 5, hasChecksum: true })),
  ),
  seed('GRE of Ethernet', ['Ethernet/IPv4/GRE', innerPath], over(47, gre(0x6558, inner, { key: 99 }))),
  seed('ERSPAN I', ['Ethernet/IPv4/GRE/ERSPAN', innerPath], over(47, gre(0x88be, inner))),
  seed('ERSPAN II', ['Ethernet/IPv4/GRE/ERSPAN', innerPath], over(47, gre(0x88be, erspan2(5, inner), { sequence: 1 }))),
  seed(
    'ERSPAN III',
    ['Ethernet/IPv4/GRE/ERSPAN', innerPath],
    over(47, gre(0x22eb, erspan3(5, inner, true), { sequence: 1 })),
  ),
  seed('MPLS', ['Ethernet/MPLS', 'IPv4/ICMPv4'], ethernet(0x8847, mpls([16, 17], ipv4(1, ping)))),
  seed('MPLS over GRE', ['Ethernet/IPv4/GRE/MPLS', 'IPv4/ICMPv4'], over(47, gre(0x8847, mpls([112], ipv4(1, ping))))),
  seed('MPLS over UDP', ['Ethernet/IPv4/UDP/MPLS', 'IPv6/UDP'], overUdp(6635, mpls([40], ipv6(17, udp([1]))))),
  seed('MPLS of Contrail', ['Ethernet/IPv4/UDP/MPLS', innerPath], overUdp(51234, mpls([40], inner))),
  seed('a pseudowire', ['Ethernet/MPLS', innerPath], ethernet(0x8847, mpls([40], [0, 0, 0, 0, ...inner]))),
  seed('IP in IP', ['Ethernet/IPv4', 'IPv4/ICMPv4'], over(4, ipv4(1, ping))),
  seed('6in4', ['Ethernet/IPv4', 'IPv6/ICMPv6/ICMPv6Echo'], over(41, ipv6(58, icmp(128)))),
  seed('IPv4 in IPv6', ['Ethernet/IPv6', 'IPv4/ICMPv4'], ethernet(0x86dd, ipv6(4, ipv4(1, ping)))),
  seed(
    'VXLAN in VXLAN',
    ['Ethernet/IPv4/UDP/VXLAN', 'Ethernet/IPv4/UDP/VXLAN', innerPath],
    overUdp(4789, vxlan(1, overUdp(4789, vxlan(2, inner)))),
  ),
  seed('eight tunnels', ['Ethernet/IPv4', ...Array<string>(7).fill('IPv4'), 'IPv4/ICMPv4'], over(4, deep(7))),
  seed('raw IPv4', ['IPv4/ICMPv4'], ipv4(1, ping), 101),
  seed('raw IPv4 of BSD', ['IPv4/ICMPv4'], ipv4(1, ping), 12),
  seed('raw IPv4 of OpenBSD', ['IPv4/ICMPv4'], ipv4(1, ping), 14),
  seed('LINKTYPE_IPV4', ['IPv4/ICMPv4'], ipv4(1, ping), 228),
  seed('LINKTYPE_IPV6', ['IPv6/UDP'], ipv6(17, udp([1])), 229),
  seed('loopback of BSD', ['IPv6/UDP'], [30, 0, 0, 0, ...ipv6(17, udp([1]))], 0),
  seed('loopback of OpenBSD', ['IPv4/ICMPv4'], [0, 0, 0, 2, ...ipv4(1, ping)], 108),
  seed('PPP', ['PPP/IPv4/ICMPv4'], [0xff, 3, ...u16(0x21), ...ipv4(1, ping)], 9),
  seed('short PPP', ['PPP/IPv6/UDP'], [0x57, ...ipv6(17, udp([1]))], 9),
  seed('SLL', ['IPv4/ICMPv4'], [...u16(0), ...u16(1), ...u16(6), ...macA, 0, 0, ...u16(0x0800), ...ipv4(1, ping)], 113),
  seed('SLL of ARP', ['ARP'], [...u16(0), ...u16(1), ...u16(6), ...macA, 0, 0, ...u16(0x0806), ...arp(1)], 113),
  seed(
    'SLL2',
    ['IPv6/UDP'],
    [...u16(0x86dd), 0, 0, ...u32(3), ...u16(1), 0, 6, ...macA, 0, 0, ...ipv6(17, udp([1]))],
    276,
  ),
];
