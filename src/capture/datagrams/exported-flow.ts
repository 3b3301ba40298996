/** One record of an exporter, whatever it came in, and how it becomes an observation. */
import { icmpTypes, type layerNames } from '../../flow/layout.ts';
import type { Count, End, Seen } from '../../flow/observation-writer.ts';

export interface ExportedFlow {
  from: Mutable<End>;
  to: Mutable<End>;
  protocol: number;
  etherType: number;
  icmp: { type: number; code: number } | undefined;
  /** The outermost first. */
  vlans: number[];
  /** As the exporter counted: not scaled yet. */
  sent: Mutable<Count>;
  /** Of the other direction, where a record has both (RFC 5103). */
  received: Mutable<Count> | undefined;
  /** Bytes of the link layer are counted already. */
  hasLinkBytes: boolean;
  /** All flags seen, from and to. */
  tcpFlags: number;
  reverseTcpFlags: number;
  startMs: number;
  endMs: number;
  /** One of so many packets was counted; 1: all. */
  sampling: number;
  direction: 'ingress' | 'egress' | undefined;
  /** Who began, where the exporter says so (biflowDirection). */
  startedBy: 'from' | 'to' | undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type LayerName = (typeof layerNames)[number];

const synFlag = 2;
const ackFlag = 16;
const ethernetHeaderBytes = 14;
const vlanTagBytes = 4;

export function seenOf(flow: ExportedFlow, source: number, isL3Key: boolean): Seen {
  const layers = layersOf(flow);
  const scale = (count: Count) => ({
    packets: count.packets * flow.sampling,
    bytes: (count.bytes + linkBytes(flow, layers) * count.packets) * flow.sampling,
  });
  const start = startOf(flow);
  const icmp = flow.icmp && {
    class: icmpTypes.indexOf(icmpClass(flow.protocol, flow.icmp.type)),
    code: flow.icmp.code,
    // Exporters do not tell it.
    id: 0,
  };
  return {
    source,
    from: flow.from,
    to: flow.to,
    protocol: flow.protocol,
    etherType: flow.etherType,
    ...(icmp && { icmp }),
    linkId: linkIdOf(flow.vlans),
    sampling: flow.sampling,
    layers,
    sent: scale(flow.sent),
    ...(flow.received && { received: scale(flow.received) }),
    firstMs: flow.startMs,
    lastMs: flow.endMs,
    startedBy: start.by,
    isStartCertain: start.isCertain,
    isL3Key,
    ...(flow.protocol === 6 && { tcp: { from: { flags: flow.tcpFlags }, to: { flags: flow.reverseTcpFlags } } }),
  };
}

/** 12 bits each, the outermost in the lowest. */
function linkIdOf(vlans: readonly number[]): bigint {
  return vlans.reduceRight((id, vlan) => (id << 12n) | BigInt(vlan & 0xfff), 0n);
}

/**
 * Exporters count from the network layer on. Where they tell the link layer too, the conversation begins there, and so do
 * its bytes: they can be compared with those of other places.
 */
function linkBytes({ hasLinkBytes, vlans }: ExportedFlow, layers: readonly LayerName[]): number {
  return hasLinkBytes || layers[0] !== 'Ethernet' ? 0 : ethernetHeaderBytes + vlanTagBytes * vlans.length;
}

function layersOf({ from, protocol, etherType, icmp, vlans }: ExportedFlow): LayerName[] {
  const layers: LayerName[] = from.mac ? ['Ethernet', ...vlans.map(() => 'Dot1Q' as const)] : [];
  if (!from.ip) return etherType === 0x0806 ? [...layers, 'ARP'] : layers;
  layers.push(from.ip.length === 4 ? 'IPv4' : 'IPv6');
  const transport = transports[protocol];
  if (transport) layers.push(transport);
  const inner = protocol === 58 && icmp ? icmpv6Layers[icmp.type] : undefined;
  if (inner) layers.push(inner);
  return layers;
}

const transports: Readonly<Record<number, LayerName>> = {
  1: 'ICMPv4',
  2: 'IGMP',
  6: 'TCP',
  17: 'UDP',
  47: 'GRE',
  50: 'IPSecESP',
  51: 'IPSecAH',
  58: 'ICMPv6',
  112: 'VRRP',
  132: 'SCTP',
};

const icmpv6Layers: Readonly<Record<number, LayerName>> = {
  128: 'ICMPv6Echo',
  129: 'ICMPv6Echo',
  133: 'ICMPv6RouterSolicitation',
  134: 'ICMPv6RouterAdvertisement',
  135: 'ICMPv6NeighborSolicitation',
  136: 'ICMPv6NeighborAdvertisement',
};

type IcmpClass = (typeof icmpTypes)[number];

function icmpClass(protocol: number, type: number): IcmpClass {
  return (protocol === 58 ? icmpv6Classes : icmpv4Classes)[type] ?? 'UNKNOWN';
}

const icmpv4Classes: Readonly<Record<number, IcmpClass>> = {
  0: 'ECHO',
  3: 'DESTINATION_UNREACHABLE',
  4: 'SOURCE_QUENCH',
  5: 'REDIRECT',
  8: 'ECHO',
  9: 'ROUTER',
  10: 'ROUTER',
  11: 'TIME_EXCEEDED',
  12: 'PARAMETER_PROBLEM',
  13: 'TIMESTAMP',
  14: 'TIMESTAMP',
  15: 'INFO',
  16: 'INFO',
  17: 'ADDRESS_MASK',
  18: 'ADDRESS_MASK',
};

const icmpv6Classes: Readonly<Record<number, IcmpClass>> = {
  1: 'DESTINATION_UNREACHABLE',
  2: 'PACKET_TOO_BIG',
  3: 'TIME_EXCEEDED',
  4: 'PARAMETER_PROBLEM',
  128: 'ECHO',
  129: 'ECHO',
  133: 'ROUTER',
  134: 'ROUTER',
  135: 'NEIGHBOR',
  136: 'NEIGHBOR',
  137: 'REDIRECT',
};

const icmpRequests = { 1: new Set([8, 10, 13, 15, 17]), 58: new Set([128, 133, 135]) };
const icmpReplies = { 1: new Set([0, 9, 14, 16, 18]), 58: new Set([129, 134, 136]) };

/**
 * Who began. A record is of one direction, and which of two comes first says nothing; so where nothing is certain the
 * ports tell: a service has the lower one, and whoever asks it one from the range for that (from 32768 on in Linux).
 */
function startOf(flow: ExportedFlow): { by: 'from' | 'to'; isCertain: boolean } {
  if (flow.startedBy) return { by: flow.startedBy, isCertain: true };
  const { protocol, icmp, tcpFlags } = flow;
  if (icmp && (protocol === 1 || protocol === 58)) {
    if (icmpRequests[protocol].has(icmp.type)) return { by: 'from', isCertain: true };
    if (icmpReplies[protocol].has(icmp.type)) return { by: 'to', isCertain: true };
  }
  if (protocol === 6 && (tcpFlags & (synFlag | ackFlag)) === synFlag) return { by: 'from', isCertain: true };
  const [from, to] = [flow.from.port ?? 0, flow.to.port ?? 0];
  const isFromService = (from < 1_024 && to >= 1_024) || (from < 32_768 && to >= 32_768);
  return { by: isFromService ? 'to' : 'from', isCertain: false };
}

export function emptyFlow(exportMs: number): ExportedFlow {
  return {
    from: {},
    to: {},
    protocol: 0,
    etherType: 0,
    icmp: undefined,
    vlans: [],
    sent: { packets: 0, bytes: 0 },
    received: undefined,
    hasLinkBytes: false,
    tcpFlags: 0,
    reverseTcpFlags: 0,
    startMs: exportMs,
    endMs: exportMs,
    sampling: 1,
    direction: undefined,
    startedBy: undefined,
  };
}
