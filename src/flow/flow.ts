/** One conversation at one place, as queries and clients see it. The names and shapes are Skydive's, and ours beside them. */
import type { Both, Translated } from './ends.ts';

export interface Flow {
  /** Of this conversation at this place: the key in every store. 16 hex digits, as all ids here. */
  readonly UUID: string;
  /** The tunnel it was seen in, at the same place; '' for none. */
  readonly ParentUUID: string;
  /** The same wherever the conversation is seen: tracking.ts. */
  readonly TrackingID: string;
  readonly L3TrackingID: string;
  /** With the MACs of this place. Absent without a link layer. */
  readonly L2TrackingID?: string;
  /** Community ID v1, `1:…`; absent where it is not defined (no IP). */
  readonly CommunityID?: string;
  /** 'Ethernet/IPv4/TCP'. */
  readonly LayersPath: string;
  /** The last layer that was understood, or what its port stands for. */
  readonly Application: string;
  readonly Link?: Endpoints<'ETHERNET', string>;
  readonly Network?: Endpoints<'IPV4' | 'IPV6', string>;
  readonly Transport?: Endpoints<'TCP' | 'UDP' | 'SCTP', number>;
  readonly ICMP?: { readonly Type: string; readonly Code: number; readonly ID: number };
  readonly DNS?: Layer;
  readonly DHCPv4?: Layer;
  readonly VRRPv2?: Layer;
  readonly TLS?: Layer;
  readonly HTTP?: Layer;
  readonly Metric: FlowMetric;
  /** What the last update period added; absent before the first, and at an end that added nothing. */
  readonly LastUpdateMetric?: FlowMetric;
  readonly TCPMetric?: Readonly<Record<string, number | boolean>>;
  readonly IPMetric?: { readonly Fragments: number; readonly FragmentErrors: number };
  /** First and last packet, epoch ms. */
  readonly Start: number;
  readonly Last: number;
  /** TID of the node it was captured at. */
  readonly NodeTID: string;
  readonly CaptureID: string;
  readonly RawPacketsCaptured: number;
  /** 1 TIMEOUT, 2 TCP_FIN, 3 TCP_RST; absent while it lives. */
  readonly FinishType?: number;
  /** Packets that the kernel dropped at this place, by its reason. */
  readonly Drops?: Readonly<Record<string, number>>;
  readonly Retransmissions?: { readonly AB: number; readonly BA: number };
  /** ns. */
  readonly RTT?: { readonly Handshake?: number; readonly Smoothed?: number };
  /** One of so many packets was seen, and counters are scaled by it; absent: all were. */
  readonly Sampling?: number;
  /** Names of the processes at its ends, where they run here; their numbers; and the containers they run in. */
  readonly Process?: Both<string>;
  readonly Pid?: Both<number>;
  readonly ContainerID?: Both<string>;
  /** Name of the process that listens at B's port, where it runs here. */
  readonly Service?: string;
  readonly NAT?: Translated;
}

/** A: the initiator, by the one rule of initiator.ts. ID: VLAN tags, tunnel key; 0 for none. */
export interface Endpoints<Protocol extends string, Address> {
  readonly Protocol: Protocol;
  readonly A: Address;
  readonly B: Address;
  readonly ID: number;
}

/** What an application decoder found: plain data, names as in the reference of flow fields. */
export type Layer = { readonly [name: string]: LayerValue };
export type LayerValue = string | number | boolean | null | readonly LayerValue[] | Layer;

/** Start and Last in epoch ms, RTT in ns (absent: not seen). */
export interface FlowMetric {
  readonly ABPackets: number;
  readonly ABBytes: number;
  readonly BAPackets: number;
  readonly BABytes: number;
  readonly Start: number;
  readonly Last: number;
  readonly RTT?: number;
}

/** A packet that was kept of a flow. */
export interface RawPacket {
  /** Epoch ms with fractions. */
  readonly timestampMs: number;
  /** Position among the kept packets of its flow, from 0. */
  readonly index: number;
  readonly data: Uint8Array;
  /** On the wire. */
  readonly length: number;
  /** LINKTYPE_ number: 1 is Ethernet. */
  readonly linkType: number;
}
