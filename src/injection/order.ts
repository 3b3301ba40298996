/** What a host is told to send: everything is decided but the hardware address of a neighbour nobody knows. Goes as JSON. */
import type { BoundsMet } from './bounds.ts';
import type { InjectionReplies, InjectionType, InjectionWay } from './injection.ts';

export interface Order {
  readonly uuid: string;
  readonly way: InjectionWay;
  /** Node that it is said at, and that of its namespace (or host). */
  readonly nodeId: string;
  readonly namespaceId: string;
  readonly interfaceName: string;
  readonly ifIndex: number;
  /** ms between packets, 0: as fast as it may; of a trace at most, 0: as it was. */
  readonly intervalMs: number;
  /** Answers are waited for so long after the last. */
  readonly waitMs: number;
  readonly what: Probing | Trace;
}

/** Packets that are made. */
export interface Probing {
  readonly kind: 'packets';
  readonly type: InjectionType;
  /** Absent: by `stack`, or the interface has no Ethernet. */
  readonly link?: LinkAddresses;
  /** Text. */
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly icmpId: number;
  /** Of the first SYN; one more with each packet. */
  readonly sequence: number;
  readonly isRandom: boolean;
  readonly count: number;
  readonly ttl: number;
  /** Base64. */
  readonly payload: string;
  /** The first bytes of the payload are the number of the packet: it is nobody's but ours. */
  readonly isNumbered?: boolean;
  readonly incrementBytes: number;
}

export interface LinkAddresses {
  readonly sourceMac: string;
  /** Absent: to be asked for, of `nextHop`. */
  readonly destinationMac?: string;
  readonly nextHop: string;
  /** Of who has that address in the graph: when nobody answers. */
  readonly lastMac?: string;
}

/** Frames that someone captured, as they are: pcap or pcapng in base64. */
export interface Trace {
  readonly kind: 'trace';
  readonly pcap: string;
}

/** How far it has come. */
export interface Progress {
  readonly state: 'pending' | 'running' | 'completed' | 'failed';
  readonly sent: number;
  readonly sentBytes: number;
  readonly replies: InjectionReplies;
  /** Those it has met until now. */
  readonly bounds?: BoundsMet;
  /** Once it was found. */
  readonly destinationMac?: string;
  readonly error?: string;
}
