/** What a mechanism is: a way to see the packets, or the conversations, at one place. One folder each, one line in index.ts. */
import type { LossStage } from '../flow/loss.ts';
import type { PacketDoor } from '../native/packets.ts';

export interface Mechanism {
  /** As in the capture's `Type`. */
  readonly type: string;
  /** One sentence, for docs/capture.md and doctor. */
  readonly doc: string;
  /** Types of nodes it can be started on. */
  readonly nodeTypes: readonly string[];
  readonly can: {
    readonly filter: boolean;
    readonly rawPackets: boolean;
    readonly tcpMetric: boolean;
    readonly reassembly: boolean;
    readonly defragmentation: boolean;
    /** MACs and VLANs tell conversations apart. */
    readonly layerKeyL2: boolean;
    /** Several captures on one node. */
    readonly several: boolean;
  };
  /** Where on the ladder it stands for a capture that names no type: the highest that can what is asked is tried first; undefined: only when named. */
  readonly rank: number | undefined;
  /** Throws Unavailable with what is missing and what would do: the ladder then tries the next and keeps the sentence. */
  start(context: MechanismContext): Promise<Running>;
}

export interface MechanismContext {
  readonly door: PacketDoor;
  readonly place: Place;
  readonly options: CaptureOptions;
  readonly sink: Sink;
  /** Wall clock, epoch ms. */
  readonly nowMs: () => number;
  readonly log: { info(message: string): void; warn(message: string): void };
}

/** A node of the graph that packets pass. */
export interface Place {
  readonly nodeId: string;
  readonly tid: string;
  readonly type: string;
  readonly name: string;
  readonly ifIndex: number | undefined;
  readonly mac: string | undefined;
  /** A path that opens its namespace; undefined: our own. */
  readonly netns: string | undefined;
  /** SO_NETNS_COOKIE of its namespace; 0n where the kernel has none. */
  readonly netnsCookie: bigint;
  /** All metadata of the node, for mechanisms of switches. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface CaptureOptions {
  /** UUID of the capture. */
  readonly id: string;
  /** pcap syntax; '' for all. */
  readonly filter: string;
  /** Bytes of each packet that are looked at. */
  readonly headerSize: number;
  readonly rawPacketLimit: number;
  readonly extraTcpMetric: boolean;
  readonly ipDefrag: boolean;
  readonly reassembleTcp: boolean;
  readonly layerKeyMode: 'L2' | 'L3';
  /** Application layers that are decoded in full. */
  readonly layers: ReadonlySet<'VRRPv2' | 'DNS' | 'DHCPv4' | 'TLS' | 'HTTP'>;
  /** Listener's port (sflow, pcapsocket…); 0: any free one of the configured range. */
  readonly port: number;
  readonly bind: string;
  readonly samplingRate: number;
  readonly pollingIntervalS: number;
}

/** Where a mechanism puts what it saw. Never waits, never throws. */
export interface Sink {
  /** The number that observations carry as `source`. */
  readonly source: number;
  /** Observations as native/src/flow/observation.h lays them out, one after the other; the buffer is the sink's to keep. */
  observe(observations: Uint8Array): void;
  /** RawPacket records of the same header. */
  raw(packets: Uint8Array): void;
  /** What could not be taken. */
  lost(stage: LossStage, reason: string, packets: number, bytes?: number): void;
  /** Counters that an exporter sent of itself or its interfaces: a series of the node. */
  counters?(series: string, total: Readonly<Record<string, number>>): void;
}

export interface Running extends AsyncDisposable {
  stats(): CaptureStats;
  /** Where it listens, for what sends to it: 'tcp 127.0.0.1:8100'. */
  readonly listens?: string;
  /** Resolves when it ended by itself: the interface is gone, the peer has closed. The reason is undefined when that is fine. */
  readonly ended: Promise<string | undefined>;
}

/** Totals since its start. */
export interface CaptureStats {
  readonly packetsReceived: number;
  /** By the mechanism itself. */
  readonly packetsDropped: number;
  /** By the interface or the kernel before it. */
  readonly packetsIfDropped: number;
  readonly bytesReceived: number;
}
