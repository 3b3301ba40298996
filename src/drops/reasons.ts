/**
 * What the kernel's reasons for a drop mean: include/net/dropreason-core.h, net/openvswitch/drop.h. Names are read from
 * the running kernel; a reason that is not listed here says what it is by its own name.
 */
import type { Drop } from './drops.ts';

/** Those of the result codes of checks that a drop can be the cause of. */
export type DropCode =
  | 'NO_ROUTE'
  | 'NO_ARP'
  | 'LINK_DOWN'
  | 'MTU_EXCEEDED'
  | 'POLICY_DENY'
  | 'RULE_DROP'
  | 'TUNNEL_MISMATCH'
  | 'PORT_CLOSED'
  | 'ASYMMETRIC'
  | 'LOST_BETWEEN';

export interface Meaning {
  readonly code: DropCode;
  /** The rest of the sentence "it was dropped: …". */
  readonly words: string;
}

export function meaningOf({ reason, symbol, tuple }: Pick<Drop, 'reason' | 'symbol' | 'tuple'>): Meaning {
  // ip_forward() and ip6_forward() say IP_INHDR of a time to live that is over.
  if (reason === 'IP_INHDR' && (tuple.ttl ?? MANY) <= 1) return TTL_OVER;
  const found = REASONS.get(reason) ?? familyOf(reason);
  if (found) return found;
  const where = symbol === undefined ? undefined : SYMBOLS.find(([prefix]) => symbol.startsWith(prefix))?.[1];
  return where ?? { code: 'LOST_BETWEEN', words: reason === 'NOT_SPECIFIED' ? 'the kernel gives no reason' : reason };
}

/** Name of a number that the kernel's enum does not have: of a part of the kernel that has reasons of its own. */
export function reasonOf(number: number, names: readonly string[]): string {
  const name = names[number];
  if (name) return name;
  const isOpenVSwitch = number >> SUBSYSTEM_SHIFT === OPENVSWITCH;
  return (isOpenVSwitch ? OPENVSWITCH_NAMES[number & SUBSYSTEM_REASON] : undefined) ?? `${number}`;
}

const MANY = 255;
const TTL_OVER: Meaning = { code: 'NO_ROUTE', words: 'its time to live was over: routes that go round, or a far way' };

/** enum skb_drop_reason_subsys, include/net/dropreason.h. */
const SUBSYSTEM_SHIFT = 16;
const SUBSYSTEM_REASON = 0xffff;
const OPENVSWITCH = 3;
/** enum ovs_drop_reason, net/openvswitch/drop.h. */
const OPENVSWITCH_NAMES = [
  undefined,
  'OVS_DROP_LAST_ACTION',
  'OVS_DROP_ACTION_ERROR',
  'OVS_DROP_EXPLICIT',
  'OVS_DROP_EXPLICIT_WITH_ERROR',
  'OVS_DROP_METER',
  'OVS_DROP_RECURSION_LIMIT',
  'OVS_DROP_DEFERRED_LIMIT',
  'OVS_DROP_FRAG_L2_TOO_LONG',
  'OVS_DROP_FRAG_INVALID_PROTO',
  'OVS_DROP_CONNTRACK',
  'OVS_DROP_IP_TTL',
];

const REASONS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    NETFILTER_DROP: { code: 'POLICY_DENY', words: 'a rule of the packet filter (nftables, iptables) drops it' },
    XFRM_POLICY: { code: 'POLICY_DENY', words: 'a policy of IPsec does not let it pass' },
    SECURITY_HOOK: { code: 'POLICY_DENY', words: 'a security module does not let it pass' },
    BPF_CGROUP_EGRESS: { code: 'POLICY_DENY', words: 'a BPF program of the control group drops it' },
    SOCKET_FILTER: { code: 'POLICY_DENY', words: 'the filter of the socket does not take it' },
    TC_INGRESS: { code: 'RULE_DROP', words: 'a filter of tc or BPF drops it as it comes in' },
    TC_EGRESS: { code: 'RULE_DROP', words: 'a filter of tc or BPF drops it as it goes out' },
    XDP: { code: 'RULE_DROP', words: 'a program of XDP drops it' },
    BRIDGE_INGRESS_STP_STATE: { code: 'RULE_DROP', words: 'the port of the bridge does not forward (spanning tree)' },
    ARP_PVLAN_DISABLE: { code: 'RULE_DROP', words: 'the private VLAN does not proxy ARP' },
    IP_RPFILTER: { code: 'ASYMMETRIC', words: 'the way back goes by another interface (rp_filter)' },
    IP_OUTNOROUTES: { code: 'NO_ROUTE', words: 'there is no route for it' },
    IP_INNOROUTES: { code: 'NO_ROUTE', words: 'there is no route to forward it by' },
    IP_INADDRERRORS: { code: 'NO_ROUTE', words: 'it is for somebody else, and is not forwarded here' },
    IP_INVALID_SOURCE: { code: 'NO_ROUTE', words: 'its source cannot be an address of a host' },
    IP_LOCAL_SOURCE: { code: 'NO_ROUTE', words: 'its source is an address of this host itself' },
    IP_LOCALNET: { code: 'NO_ROUTE', words: 'it has a loopback address, from outside' },
    IP_INVALID_DEST: { code: 'NO_ROUTE', words: 'its destination cannot be an address of a host' },
    IPV6DISABLED: { code: 'NO_ROUTE', words: 'IPv6 is disabled on the interface' },
    PKT_TOO_BIG: { code: 'MTU_EXCEEDED', words: 'it is larger than the MTU, and must not be fragmented' },
    NO_SOCKET: { code: 'PORT_CLOSED', words: 'nobody listens on its port' },
    IP_NOPROTO: { code: 'PORT_CLOSED', words: 'nobody listens to its protocol' },
    DEV_READY: { code: 'LINK_DOWN', words: 'the device is not ready' },
    NO_TX_TARGET: { code: 'LINK_DOWN', words: 'no device to send it by is up' },
    IP_TUNNEL_ECN: { code: 'TUNNEL_MISMATCH', words: 'its ECN bits do not go with those of the tunnel' },
    TUNNEL_TXINFO: { code: 'TUNNEL_MISMATCH', words: 'what is needed to put it into a tunnel is missing' },
    TCP_LISTEN_OVERFLOW: { code: 'LOST_BETWEEN', words: 'the queue of the listening socket is full' },
    SOCKET_RCVBUFF: { code: 'LOST_BETWEEN', words: 'the buffer of the socket is full' },
    CPU_BACKLOG: { code: 'LOST_BETWEEN', words: 'the queue of the processor is full' },
    QDISC_DROP: { code: 'LOST_BETWEEN', words: 'the queue of the interface drops it' },
    QDISC_OVERLIMIT: { code: 'LOST_BETWEEN', words: 'the queue of the interface is full' },
    FULL_RING: { code: 'LOST_BETWEEN', words: 'the ring of the device is full' },
  } satisfies Record<string, Meaning>),
);

function familyOf(reason: string): Meaning | undefined {
  if (reason.startsWith('NEIGH_')) return { code: 'NO_ARP', words: 'its neighbour does not answer' };
  if (reason.startsWith('VXLAN_')) return { code: 'TUNNEL_MISMATCH', words: `the tunnel does not take it (${reason})` };
  if (reason.startsWith('OVS_DROP_')) return { code: 'RULE_DROP', words: `Open vSwitch drops it (${reason})` };
  return undefined;
}

/** Where no reason is given, the function says enough; the first that fits. */
const SYMBOLS: readonly (readonly [string, Meaning])[] = [
  ['veth_xmit', { code: 'LINK_DOWN', words: 'the other end of the veth is down' }],
  ['nf_', { code: 'POLICY_DENY', words: 'the packet filter drops it' }],
  ['br_', { code: 'RULE_DROP', words: 'the bridge does not forward it' }],
  ['ovs_', { code: 'RULE_DROP', words: 'Open vSwitch drops it' }],
  ['ip6_pkt_', { code: 'NO_ROUTE', words: 'there is no route for it' }],
  ['ip_error', { code: 'NO_ROUTE', words: 'there is no route for it' }],
];
