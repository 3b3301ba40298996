/**
 * What stops a packet, in the words of a path, of the kernel, of ICMP and of a connection, made one of the codes that
 * results have. Tables, so that they can be read and argued with; docs/checks.md shows them.
 */
import type { ReachCode } from '../result.ts';

/** `refused`: whoever sent it is told; `dropped`: nobody is. */
export interface Fate {
  readonly code: ReachCode;
  readonly result: 'delivered' | 'dropped' | 'refused';
}

/** Of a path that stops (src/query/forwarding): its code. */
export function fateOfPath(code: string | undefined, reason: string | undefined): Fate {
  const isSilent = /blackhole/.test(reason ?? '');
  const found = byPath[code ?? ''] ?? { code: 'LOST_BETWEEN', result: 'dropped' };
  if (found.code === 'POLICY_DENY' && /\breject/i.test(reason ?? '')) return { code: 'POLICY_DENY', result: 'refused' };
  return found.code === 'NO_ROUTE' && isSilent ? { code: 'NO_ROUTE', result: 'dropped' } : found;
}

/** It ends for a translation that is not made, or not made back. */
export function isTranslation({ code }: { readonly code: string | undefined }): boolean {
  return code !== undefined && byPath[code]?.code === 'NAT_MISMATCH';
}

const byPath: Readonly<Record<string, Fate>> = {
  down: { code: 'LINK_DOWN', result: 'dropped' },
  stp: { code: 'LINK_DOWN', result: 'dropped' },
  dummy: { code: 'LINK_DOWN', result: 'dropped' },
  peer: { code: 'LINK_DOWN', result: 'dropped' },
  'no-route': { code: 'NO_ROUTE', result: 'refused' },
  forwarding: { code: 'NO_ROUTE', result: 'dropped' },
  'no-forwarding': { code: 'NO_ROUTE', result: 'dropped' },
  'not-forwarded': { code: 'NO_ROUTE', result: 'dropped' },
  ttl: { code: 'NO_ROUTE', result: 'refused' },
  loop: { code: 'NO_ROUTE', result: 'refused' },
  address: { code: 'NO_ROUTE', result: 'refused' },
  nobody: { code: 'NO_ARP', result: 'refused' },
  neighbour: { code: 'NO_ARP', result: 'refused' },
  'not-for-it': { code: 'NO_ARP', result: 'dropped' },
  vlan: { code: 'RULE_DROP', result: 'dropped' },
  locked: { code: 'RULE_DROP', result: 'dropped' },
  isolated: { code: 'RULE_DROP', result: 'dropped' },
  macvlan: { code: 'RULE_DROP', result: 'dropped' },
  dropped: { code: 'RULE_DROP', result: 'dropped' },
  miss: { code: 'RULE_DROP', result: 'dropped' },
  port: { code: 'RULE_DROP', result: 'dropped' },
  filtered: { code: 'POLICY_DENY', result: 'dropped' },
  filter: { code: 'POLICY_DENY', result: 'dropped' },
  rejected: { code: 'POLICY_DENY', result: 'refused' },
  'rp-filter': { code: 'POLICY_DENY', result: 'dropped' },
  nat: { code: 'NAT_MISMATCH', result: 'dropped' },
  'nat-mismatch': { code: 'NAT_MISMATCH', result: 'dropped' },
  mtu: { code: 'MTU_EXCEEDED', result: 'refused' },
  'tunnel-end': { code: 'TUNNEL_MISMATCH', result: 'dropped' },
  tunnel: { code: 'TUNNEL_MISMATCH', result: 'dropped' },
  nested: { code: 'TUNNEL_MISMATCH', result: 'dropped' },
  elsewhere: { code: 'NOT_OBSERVED', result: 'dropped' },
};

/**
 * Of enum skb_drop_reason (include/net/dropreason-core.h), and of Open vSwitch and mac80211 beside it, without its
 * prefix. Undefined of those that do not say why: a queue drops for a link without a carrier too.
 */
export function codeOfDrop(reason: string): ReachCode | undefined {
  const exact = byDrop[reason];
  if (exact !== undefined) return exact;
  return byDropPattern.find(([pattern]) => pattern.test(reason))?.[1];
}

const byDrop: Readonly<Record<string, ReachCode>> = {
  NETFILTER_DROP: 'POLICY_DENY',
  IP_RPFILTER: 'POLICY_DENY',
  IP_LOCAL_SOURCE: 'POLICY_DENY',
  NO_SOCKET: 'PORT_CLOSED',
  UNIX_DISCONNECT: 'PORT_CLOSED',
  NEIGH_FAILED: 'NO_ARP',
  NEIGH_CREATEFAIL: 'NO_ARP',
  NEIGH_QUEUEFULL: 'NO_ARP',
  NEIGH_DEAD: 'NO_ARP',
  NEIGH_HH_FILLFAIL: 'NO_ARP',
  IP_OUTNOROUTES: 'NO_ROUTE',
  IP_INNOROUTES: 'NO_ROUTE',
  IP_INADDRERRORS: 'NO_ROUTE',
  IP_INVALID_DEST: 'NO_ROUTE',
  IPV6_NDISC_FRAG: 'NO_ARP',
  PKT_TOO_BIG: 'MTU_EXCEEDED',
  PACKET_SOCK_ERROR: 'RULE_DROP',
  DEV_READY: 'LINK_DOWN',
  BRIDGE_INGRESS_STP_STATE: 'LINK_DOWN',
  BRIDGE_NON_FORWARDING_STATE: 'LINK_DOWN',
  TC_INGRESS: 'RULE_DROP',
  TC_EGRESS: 'RULE_DROP',
  XDP: 'RULE_DROP',
  BPF_CGROUP_EGRESS: 'RULE_DROP',
  SOCKET_FILTER: 'RULE_DROP',
};

const byDropPattern: readonly (readonly [RegExp, ReachCode])[] = [
  [/^(VXLAN|TUNNEL|GRE|GENEVE)_/, 'TUNNEL_MISMATCH'],
  [/^OVS_/, 'RULE_DROP'],
  [/^(BPF|TC)_/, 'RULE_DROP'],
  [/^(XFRM|SECURITY)/, 'POLICY_DENY'],
];

/** ICMP and ICMPv6 errors (RFC 792, 1812, 4443): type and code. */
export function codeOfIcmp(family: 4 | 6, type: number, code: number): ReachCode {
  if (family === 4 && type === 3) {
    if (code === 4) return 'MTU_EXCEEDED';
    if (code === 3) return 'PORT_CLOSED';
    if (code === 2) return 'PORT_CLOSED';
    if (code === 9 || code === 10 || code === 13) return 'POLICY_DENY';
    return code === 1 ? 'NO_ARP' : 'NO_ROUTE';
  }
  if (family === 6 && type === 1) {
    if (code === 4) return 'PORT_CLOSED';
    if (code === 1 || code === 5 || code === 6) return 'POLICY_DENY';
    return code === 3 ? 'NO_ARP' : 'NO_ROUTE';
  }
  if (family === 6 && type === 2) return 'MTU_EXCEEDED';
  // Time exceeded: it goes round.
  return 'NO_ROUTE';
}

/** Of a connection that was tried: src/dial/dial.ts. */
export const byDial: Readonly<Record<string, Fate>> = {
  connected: { code: 'DELIVERED', result: 'delivered' },
  answered: { code: 'DELIVERED', result: 'delivered' },
  refused: { code: 'PORT_CLOSED', result: 'refused' },
  reset: { code: 'RST', result: 'refused' },
  timeout: { code: 'NO_REPLY', result: 'dropped' },
  unreachable: { code: 'NO_ROUTE', result: 'refused' },
  'no-route': { code: 'NO_ROUTE', result: 'refused' },
  denied: { code: 'POLICY_DENY', result: 'refused' },
  'too-big': { code: 'MTU_EXCEEDED', result: 'refused' },
};
