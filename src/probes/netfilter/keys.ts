/** What can be asked of a packet, by where an expression loads it from: its name in nft, and the type of its values. */
import type { DataType } from './values.ts';

export interface Key {
  readonly name: string;
  readonly type: DataType;
}

/** enum nft_meta_keys; those of interfaces are written without `meta` in front. */
export const META: Readonly<Record<number, Key>> = {
  0: { name: 'meta length', type: 'host integer' },
  1: { name: 'meta protocol', type: 'ethertype' },
  2: { name: 'meta priority', type: 'mark' },
  3: { name: 'meta mark', type: 'mark' },
  4: { name: 'iif', type: 'ifindex' },
  5: { name: 'oif', type: 'ifindex' },
  6: { name: 'iifname', type: 'ifname' },
  7: { name: 'oifname', type: 'ifname' },
  8: { name: 'iiftype', type: 'host integer' },
  9: { name: 'oiftype', type: 'host integer' },
  10: { name: 'meta skuid', type: 'host integer' },
  11: { name: 'meta skgid', type: 'host integer' },
  12: { name: 'meta nftrace', type: 'integer' },
  13: { name: 'rtclassid', type: 'host integer' },
  14: { name: 'meta secmark', type: 'mark' },
  15: { name: 'meta nfproto', type: 'nfproto' },
  16: { name: 'meta l4proto', type: 'protocol' },
  17: { name: 'meta ibrname', type: 'ifname' },
  18: { name: 'meta obrname', type: 'ifname' },
  19: { name: 'meta pkttype', type: 'packet type' },
  20: { name: 'meta cpu', type: 'host integer' },
  21: { name: 'iifgroup', type: 'host integer' },
  22: { name: 'oifgroup', type: 'host integer' },
  23: { name: 'meta cgroup', type: 'host integer' },
  24: { name: 'meta random', type: 'integer' },
  25: { name: 'meta ipsec', type: 'boolean' },
  26: { name: 'meta iifkind', type: 'ifname' },
  27: { name: 'meta oifkind', type: 'ifname' },
  30: { name: 'meta time', type: 'host integer' },
  31: { name: 'meta day', type: 'host integer' },
  32: { name: 'meta hour', type: 'host integer' },
  33: { name: 'meta sdif', type: 'ifindex' },
  34: { name: 'meta sdifname', type: 'ifname' },
};

/** enum nft_ct_keys. */
export const CT: Readonly<Record<number, Key>> = {
  0: { name: 'state', type: 'ct state' },
  1: { name: 'direction', type: 'ct direction' },
  2: { name: 'status', type: 'ct status' },
  3: { name: 'mark', type: 'mark' },
  5: { name: 'expiration', type: 'host integer' },
  6: { name: 'helper', type: 'ifname' },
  7: { name: 'l3proto', type: 'nfproto' },
  10: { name: 'protocol', type: 'protocol' },
  11: { name: 'proto-src', type: 'port' },
  12: { name: 'proto-dst', type: 'port' },
  14: { name: 'packets', type: 'host integer' },
  15: { name: 'bytes', type: 'host integer' },
  16: { name: 'avgpkt', type: 'host integer' },
  17: { name: 'zone', type: 'host integer' },
  19: { name: 'ip saddr', type: 'ipv4' },
  20: { name: 'ip daddr', type: 'ipv4' },
  21: { name: 'ip6 saddr', type: 'ipv6' },
  22: { name: 'ip6 daddr', type: 'ipv6' },
  23: { name: 'id', type: 'mark' },
};

/** enum nft_fib_result. */
export const FIB: Readonly<Record<number, Key>> = {
  1: { name: 'oif', type: 'ifindex' },
  2: { name: 'oifname', type: 'ifname' },
  3: { name: 'type', type: 'fib type' },
};

/** A field of a header: name, offset and length in bytes. */
export type Field = readonly [name: string, at: number, length: number, type: DataType];

const PORTS: readonly Field[] = [
  ['sport', 0, 2, 'port'],
  ['dport', 2, 2, 'port'],
];
const ICMP: readonly Field[] = [
  ['type', 0, 1, 'icmp type'],
  ['code', 1, 1, 'integer'],
  ['checksum', 2, 2, 'integer'],
  ['id', 4, 2, 'integer'],
  ['sequence', 6, 2, 'integer'],
];

/** By protocol, as nft calls it. */
export const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  ether: [
    ['daddr', 0, 6, 'ether'],
    ['saddr', 6, 6, 'ether'],
    ['type', 12, 2, 'ethertype'],
  ],
  ip: [
    ['length', 2, 2, 'integer'],
    ['id', 4, 2, 'integer'],
    ['frag-off', 6, 2, 'integer'],
    ['ttl', 8, 1, 'integer'],
    ['protocol', 9, 1, 'protocol'],
    ['checksum', 10, 2, 'integer'],
    ['saddr', 12, 4, 'ipv4'],
    ['daddr', 16, 4, 'ipv4'],
  ],
  ip6: [
    ['length', 4, 2, 'integer'],
    ['nexthdr', 6, 1, 'protocol'],
    ['hoplimit', 7, 1, 'integer'],
    ['saddr', 8, 16, 'ipv6'],
    ['daddr', 24, 16, 'ipv6'],
  ],
  arp: [
    ['htype', 0, 2, 'integer'],
    ['ptype', 2, 2, 'ethertype'],
    ['operation', 6, 2, 'integer'],
    ['saddr ether', 8, 6, 'ether'],
    ['saddr ip', 14, 4, 'ipv4'],
    ['daddr ether', 18, 6, 'ether'],
    ['daddr ip', 24, 4, 'ipv4'],
  ],
  tcp: [
    ...PORTS,
    ['sequence', 4, 4, 'integer'],
    ['ackseq', 8, 4, 'integer'],
    ['flags', 13, 1, 'tcp flags'],
    ['window', 14, 2, 'integer'],
    ['checksum', 16, 2, 'integer'],
    ['urgptr', 18, 2, 'integer'],
  ],
  udp: [...PORTS, ['length', 4, 2, 'integer'], ['checksum', 6, 2, 'integer']],
  udplite: PORTS,
  sctp: PORTS,
  dccp: PORTS,
  th: PORTS,
  icmp: ICMP,
  icmpv6: ICMP.map(([name, at, length, type]) => [name, at, length, name === 'type' ? 'icmpv6 type' : type] as const),
  esp: [['spi', 0, 4, 'integer']],
  ah: [['spi', 4, 4, 'integer']],
};

/** Protocols of layer 4 that have fields, by IANA's number. */
export const TRANSPORTS: Readonly<Record<number, string>> = {
  ...{ 1: 'icmp', 6: 'tcp', 17: 'udp', 33: 'dccp', 50: 'esp', 51: 'ah', 58: 'icmpv6', 132: 'sctp', 136: 'udplite' },
};

/** Types of the keys of sets (datatypes of nft: an enum of its own, that the kernel only keeps for it). */
export const SET_TYPES: Readonly<Record<number, DataType>> = {
  ...{ 1: 'verdict', 2: 'nfproto', 4: 'integer', 5: 'ifname', 7: 'ipv4', 8: 'ipv6', 9: 'ether', 10: 'ethertype' },
  ...{ 12: 'protocol', 13: 'port', 14: 'icmp type', 15: 'tcp flags', 19: 'mark', 20: 'ifindex', 26: 'ct state' },
  ...{ 27: 'ct direction', 28: 'ct status', 29: 'icmpv6 type', 31: 'packet type', 36: 'dscp', 38: 'fib type' },
  ...{ 39: 'boolean', 41: 'ifname' },
};
