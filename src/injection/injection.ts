/**
 * Packets of our own, sent where someone says, and what came back. Names of fields are Skydive's, as clients write them;
 * what is ours beside them is said here.
 *
 *     const made = await injections.create({ From: 'blue/eth0', To: '10.0.0.2', Type: 'tcp4', DstPort: 80, Way: 'stack' });
 *     made.TrackingIDs;                                     // of its packets, before the first is sent
 *     const over = await injections.done(made.UUID, signal);
 *     over?.State === 'completed' && over.Replies.SynAck > 0;
 *     await injections.remove(made.UUID);
 */

import type { BoundsMet } from './bounds.ts';

export const injectionTypes = ['icmp4', 'icmp6', 'tcp4', 'tcp6', 'udp4', 'udp6'] as const;
export type InjectionType = (typeof injectionTypes)[number];

/**
 * `link`: a frame put on the interface itself (packet(7)), as Skydive does: what the namespace routes or filters is
 * passed by. `stack`: a packet given to the namespace (raw(7)): it takes its routes, its filters of output and its
 * neighbours. What a namespace sends to itself goes by `stack` alone.
 */
export type InjectionWay = 'link' | 'stack';

export interface InjectionAsked {
  /** A query; the first node that it gives is the source. */
  readonly Src?: string;
  readonly Dst?: string;
  /** Instead of `Src`: as `skein path` names ends (OWNER/NAME, an id, an address, container:, netns:, pid:, process:). */
  readonly From?: string;
  /** Instead of `Dst`, the same. */
  readonly To?: string;
  /** An address, or one with its prefix length. Left out: found in the graph. */
  readonly SrcIP?: string;
  readonly DstIP?: string;
  readonly SrcMAC?: string;
  readonly DstMAC?: string;
  /** 0 or left out: any. Of a process that is the destination, and of DstPort alone: the one that it serves. */
  readonly SrcPort?: number;
  readonly DstPort?: number;
  /** Left out: icmp4, or icmp6 where the destination has only such addresses. */
  readonly Type?: InjectionType;
  /** Text (UTF-8); left out: 56 random bytes. */
  readonly Payload?: string;
  readonly ICMPID?: number;
  /** Packets. 1 when left out or 0. */
  readonly Count?: number;
  /** ms between packets. */
  readonly Interval?: number;
  /** `random`: each packet is a conversation of its own (its source port or ICMP id is one more than that before). */
  readonly Mode?: 'unique' | 'random';
  /** Bytes that the payload grows by with each packet. */
  readonly IncrementPayload?: number;
  /** Epoch ms, or RFC 3339. */
  readonly StartTime?: number | string;
  /** A trace (pcap, pcapng) in base64, of which each frame is sent as it is; `link` only. */
  readonly Pcap?: string;
  /** 64 when left out or 0. */
  readonly TTL?: number;
  /** Left out: `link` from an interface, else `stack`. */
  readonly Way?: InjectionWay;
  /** ms that answers are waited for after the last packet; 1000 when left out. */
  readonly Wait?: number;
  /** Whether to tell what the kernels of all hosts drop of its packets and their answers (`Dropped`). */
  readonly Drops?: boolean;
}

/** `pending`: its StartTime has not come, or neighbours are asked. The last three are final. */
export type InjectionState = 'pending' | 'running' | 'completed' | 'failed' | 'stopped';

/** What is sent: all that was left out has been found. */
export interface InjectedPacket {
  readonly Type: InjectionType | 'pcap';
  readonly Way: InjectionWay;
  readonly Host: string;
  /** Node id and name of the interface it leaves by. */
  readonly NodeID: string;
  readonly Name: string;
  /** Name of its namespace; absent on the host itself. */
  readonly Namespace?: string;
  readonly SrcIP?: string;
  readonly DstIP?: string;
  /** Of `link`. DstMAC is absent until it has been asked for on the link. */
  readonly SrcMAC?: string;
  readonly DstMAC?: string;
  /** Of TCP and UDP. */
  readonly SrcPort?: number;
  readonly DstPort?: number;
  readonly ICMPID?: number;
  readonly TTL?: number;
  /** Who has the destination's address, where one node of the graph does. */
  readonly DstNodeID?: string;
}

/** Answers to exactly these packets, each counted once for what it says. */
export interface InjectionReplies {
  /** All of the following together. */
  readonly Received: number;
  readonly EchoReply: number;
  readonly SynAck: number;
  /** TCP RST. */
  readonly Reset: number;
  /** Datagrams from the destination's port. */
  readonly Datagram: number;
  /** ICMP errors about these packets, by who sent them; at most 64 different ones. */
  readonly Errors: readonly InjectionError[];
  /** Between a packet and the first answer to it, ns; percentiles of the newest 1024. Absent while there is none. */
  readonly RTT?: {
    readonly Min: number;
    readonly Avg: number;
    readonly P50: number;
    readonly P95: number;
    readonly Max: number;
    /** Those of answers of UDP that may be of one of several packets; absent while there is none. */
    readonly Guessed?: number;
  };
}

export interface InjectionError {
  /** ICMP or ICMPv6 type and code (IANA), and what they say: 'port unreachable'. */
  readonly Type: number;
  readonly Code: number;
  readonly Text: string;
  readonly From: string;
  readonly Count: number;
  /** Largest packet of the next link, where the error tells it (fragmentation needed, packet too big). Bytes. */
  readonly MTU?: number;
}

/** Packets of it, or answers to it, that one kernel dropped at one place for one reason. */
export interface InjectionDropped {
  readonly Count: number;
  /** Enum skb_drop_reason without its prefix, and what it means: the rest of "it was dropped: …". */
  readonly Reason: string;
  readonly Words: string;
  /** Function of the kernel that dropped them. */
  readonly Symbol?: string;
  readonly Host: string;
  /** Id and name of the interface, or of its namespace, where the graph has it. */
  readonly Node?: string;
  readonly Place?: string;
  /** As they were then: behind a translation, the translated ones. */
  readonly From: string;
  readonly To: string;
}

export interface Injection extends InjectionAsked {
  readonly UUID: string;
  readonly State: InjectionState;
  readonly Packet: InjectedPacket;
  /** Of the conversations that its packets make, known before any is sent; at most 1024 of them. */
  readonly TrackingIDs: readonly string[];
  /** The same with MACs left aside: as flows have them in L3TrackingID. */
  readonly L3TrackingIDs: readonly string[];
  readonly Sent: number;
  readonly SentBytes: number;
  readonly Replies: InjectionReplies;
  /** Where `Drops` was asked for and the kernels tell: known when it is over; at most 16 different ones. */
  readonly Dropped?: readonly InjectionDropped[];
  /** Bounds that it met, and how often; absent while there is none. */
  readonly Bounds?: BoundsMet;
  /** A sentence: why it failed, or what went wrong last. */
  readonly Error?: string;
  /** Epoch ms. */
  readonly CreatedAt: number;
  readonly StartedAt?: number;
  readonly EndedAt?: number;
}

export interface Injections {
  /** Rejects with a Mistake that says what would do, or Unavailable when the host of the source is away. */
  create(asked: InjectionAsked): Promise<Injection>;
  /** Oldest first. */
  list(): readonly Injection[];
  get(uuid: string): Injection | undefined;
  /** Stops it at once; false when there is none. */
  remove(uuid: string): Promise<boolean>;
  /** Resolves when its state is final, answers waited for; undefined when it is removed meanwhile, or unknown. Rejects when the signal aborts, with its reason. */
  done(uuid: string, signal?: AbortSignal): Promise<Injection | undefined>;
}
