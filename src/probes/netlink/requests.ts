/** Questions to rtnetlink. Each begins with the struct that its kind wants (linux/rtnetlink.h). */
import { LITTLE, MessageBuilder, NLM_F } from '../../native/nlmsg.ts';
import { AF_INET, AF_INET6 } from './address.ts';
import { TC_SIZE } from './filter.ts';
import { IFINFO_SIZE } from './link.ts';
import { AF_BRIDGE } from './neighbour.ts';
import { RTM } from './rtm.ts';
import { IFSTATS_SIZE, STATS_LINK_64 } from './stats.ts';

const IFLA_EXT_MASK = 29;
const FILTER_VF = 1;
const FILTER_BRVLAN_COMPRESSED = 4;
const FILTER_SKIP_STATS = 8;
const RTA_OIF = 4;
const NETNSA_FD = 3;
const RTMSG_SIZE = 12;
const NDMSG_SIZE = 12;

export const linkDump = (): Uint8Array =>
  dump(RTM.getLink, IFINFO_SIZE)
    .u32(IFLA_EXT_MASK, FILTER_VF | FILTER_SKIP_STATS)
    .build();

/** VLANs of bridges and their ports. */
export const bridgeDump = (): Uint8Array =>
  dump(RTM.getLink, IFINFO_SIZE, AF_BRIDGE).u32(IFLA_EXT_MASK, FILTER_BRVLAN_COMPRESSED).build();

export const addressDump = (): Uint8Array => dump(RTM.getAddress, 8).build();

/** Over one interface where the kernel filters (4.20, strict); else of all. */
export function routeDump(family: number, ifindex?: number): Uint8Array {
  const message = dump(RTM.getRoute, RTMSG_SIZE, family);
  return (ifindex === undefined ? message : message.u32(RTA_OIF, ifindex)).build();
}

export const ruleDump = (family: number): Uint8Array => dump(RTM.getRule, 12, family).build();

export const neighbourDump = (): Uint8Array => dump(RTM.getNeighbour, NDMSG_SIZE).build();

/** Forwarding entries, of one interface where the kernel filters; else of all. */
export function forwardingDump(ifindex = 0): Uint8Array {
  const head = new Uint8Array(NDMSG_SIZE);
  head[0] = AF_BRIDGE;
  new Int32Array(head.buffer, 4, 1)[0] = ifindex;
  return new MessageBuilder(RTM.getNeighbour, NLM_F.request | NLM_F.dump).fixed(head).build();
}

export const qdiscDump = (): Uint8Array => dump(RTM.getQdisc, TC_SIZE).build();

/** Filters on one hook of one interface: there is no question about all. */
export function filterDump(ifindex: number, parent: number): Uint8Array {
  const head = new Uint8Array(TC_SIZE);
  const view = new DataView(head.buffer);
  view.setInt32(4, ifindex, LITTLE);
  view.setUint32(12, parent, LITTLE);
  return new MessageBuilder(RTM.getFilter, NLM_F.request | NLM_F.dump).fixed(head).build();
}

export const netconfDump = (family: number): Uint8Array => dump(RTM.getNetconf, 4, family).build();

export const nexthopDump = (): Uint8Array => dump(RTM.getNexthop, 8).build();

export function statsDump(): Uint8Array {
  const head = new Uint8Array(IFSTATS_SIZE);
  new Uint32Array(head.buffer, 8, 1)[0] = STATS_LINK_64;
  return new MessageBuilder(RTM.getStats, NLM_F.request | NLM_F.dump).fixed(head).build();
}

/** One link with all there is to say of it. */
export function linkRequest(ifindex: number): Uint8Array {
  const head = new Uint8Array(IFINFO_SIZE);
  new Int32Array(head.buffer, 4, 1)[0] = ifindex;
  return new MessageBuilder(RTM.getLink, NLM_F.request)
    .fixed(head)
    .u32(IFLA_EXT_MASK, FILTER_VF | FILTER_SKIP_STATS)
    .build();
}

/** Which id a namespace has here, by an open file of ours that stands for it. */
export function nsidRequest(fd: number): Uint8Array {
  return new MessageBuilder(RTM.getNsid, NLM_F.request).fixed(new Uint8Array(4)).u32(NETNSA_FD, fd).build();
}

function dump(type: number, headSize: number, family = 0): MessageBuilder {
  const head = new Uint8Array(headSize);
  head[0] = family;
  return new MessageBuilder(type, NLM_F.request | NLM_F.dump).fixed(head);
}

export const FAMILIES: readonly number[] = [AF_INET, AF_INET6];
