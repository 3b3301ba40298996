/**
 * Where each field of an observation lies: the table of native/src/flow/observation.h, which says what they mean. All
 * numbers are little-endian; a pair [lo, hi] lies one after the other.
 */
export const layout = {
  fixedBytes: 168,
  size: 0,
  parts: 2,
  flags: 3,
  source: 4,
  family: 8,
  protocol: 9,
  etherType: 10,
  icmpClass: 12,
  icmpCode: 13,
  icmpId: 14,
  lo: 16,
  hi: 32,
  loPort: 48,
  hiPort: 50,
  loMac: 52,
  hiMac: 58,
  linkId: 64,
  networkId: 72,
  sampling: 76,
  layers: 80,
  rttNs: 92,
  trackingId: 96,
  key: 104,
  parentKey: 112,
  loPackets: 120,
  loBytes: 128,
  hiPackets: 136,
  hiBytes: 144,
  firstMs: 152,
  lastMs: 160,
} as const;

export const tcpLayout = {
  bytes: 104,
  synMs: 0,
  finMs: 16,
  rstMs: 32,
  retransmissions: 48,
  outOfOrder: 56,
  skipped: 64,
  skippedBytes: 72,
  segments: 80,
  payloadBytes: 88,
  synTtl: 96,
  flags: 98,
  smoothedRttNs: 100,
} as const;

export const ipLayout = { bytes: 8, fragments: 0, fragmentErrors: 4 } as const;

/** `count` and `size` of all, then heads, each with its bytes and padding to 8. */
export const payloadLayout = {
  count: 0,
  size: 4,
  headBytes: 16,
  ms: 0,
  payloadSize: 8,
  fromHi: 10,
  sequence: 12,
} as const;

/** `count`, then pairs of reason and packets, each uint32. */
export const dropLayout = { headBytes: 8, count: 0, reason: 0, packets: 4, pairBytes: 8 } as const;

export const rawPacketLayout = {
  headBytes: 32,
  key: 0,
  source: 8,
  linkType: 12,
  ms: 16,
  length: 24,
  captured: 28,
} as const;

export const flag = { hiStarted: 1, startCertain: 2, sampled: 4, factsOnly: 8 } as const;
export const part = { tcp: 1, ip: 2, payload: 4, drops: 8 } as const;

/** By the number in `layers`: what it is called in LayersPath. */
export const layerNames = [
  '',
  'Ethernet',
  'Dot1Q',
  'ARP',
  'IPv4',
  'IPv6',
  'Fragment',
  'ICMPv4',
  'ICMPv6',
  'ICMPv6Echo',
  'ICMPv6NeighborSolicitation',
  'ICMPv6NeighborAdvertisement',
  'ICMPv6RouterSolicitation',
  'ICMPv6RouterAdvertisement',
  'TCP',
  'UDP',
  'SCTP',
  'GRE',
  'ERSPAN',
  'VXLAN',
  'Geneve',
  'MPLS',
  'IPv6Extension',
  'PPP',
  'LLC',
  'DNS',
  'DHCPv4',
  'VRRP',
  'IGMP',
  'IPSecESP',
  'IPSecAH',
] as const;

/** By icmpClass. */
export const icmpTypes = [
  'UNKNOWN',
  'DESTINATION_UNREACHABLE',
  'ECHO',
  'NEIGHBOR',
  'ADDRESS_MASK',
  'INFO',
  'PARAMETER_PROBLEM',
  'REDIRECT',
  'ROUTER',
  'SOURCE_QUENCH',
  'TIME_EXCEEDED',
  'TIMESTAMP',
  'PACKET_TOO_BIG',
] as const;
