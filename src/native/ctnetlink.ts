/** What is asked of connection tracking (linux/netfilter/nfnetlink_conntrack.h, net/netfilter/nf_conntrack_netlink.c). */
import { MessageBuilder, NLM_F } from './nlmsg.ts';

export const NETLINK_NETFILTER = 12;

/** Multicast groups (linux/netfilter/nfnetlink.h): entries that come and go. Of those that change we need to hear nothing. */
export const GROUPS: readonly number[] = [1, 3];

const SUBSYSTEM = 1 << 8;
export const CT = {
  /** An entry, of a dump or new. */
  entry: SUBSYSTEM,
  get: SUBSYSTEM | 1,
  delete: SUBSYSTEM | 2,
  getCpuStats: SUBSYSTEM | 4,
  getStats: SUBSYSTEM | 5,
} as const;

export const CTA = {
  original: 1,
  reply: 2,
  status: 3,
  protocolInfo: 4,
  id: 12,
  zone: 18,
  timestamp: 20,
  statusMask: 26,
} as const;

/** Inside of a tuple, and of its two parts. */
export const CTA_TUPLE = { ip: 1, protocol: 2 } as const;
export const CTA_IP = { v4Source: 1, v4Destination: 2, v6Source: 3, v6Destination: 4 } as const;
export const CTA_PROTOCOL = { number: 1, sourcePort: 2, destinationPort: 3 } as const;

/** enum ip_conntrack_status (linux/netfilter/nf_conntrack_common.h). */
export const IPS = {
  seenReply: 1 << 1,
  assured: 1 << 2,
  sourceNat: 1 << 4,
  destinationNat: 1 << 5,
  /** Either: the reply is not the original turned round. */
  nat: 0x30,
} as const;

/** Size of struct nfgenmsg. */
export const NFGEN_SIZE = 4;

/** Every entry. */
export function entryDump(): Uint8Array {
  return dump(CT.get).build();
}

/**
 * The translated ones alone, which the kernel picks (since 5.8; older ones tell all, and we pick): those whose source
 * is, and then those of which the destination alone is.
 */
export function translatedDumps(): Uint8Array[] {
  return [withStatus(IPS.sourceNat, IPS.sourceNat), withStatus(IPS.destinationNat, IPS.nat)];
}

/** How many entries there are, and may be. */
export function statsRequest(): Uint8Array {
  return new MessageBuilder(CT.getStats, NLM_F.request).fixed(new Uint8Array(NFGEN_SIZE)).build();
}

/** What each processor has counted. */
export function cpuStatsDump(): Uint8Array {
  return dump(CT.getCpuStats).build();
}

function withStatus(value: number, mask: number): Uint8Array {
  return dump(CT.get).bytes(CTA.status, be32(value)).bytes(CTA.statusMask, be32(mask)).build();
}

function dump(type: number): MessageBuilder {
  return new MessageBuilder(type, NLM_F.request | NLM_F.dump).fixed(new Uint8Array(NFGEN_SIZE));
}

function be32(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}
