/**
 * The door's other half: packets. Everything that comes out of it is observations (native/src/flow/observation.h), whole
 * buffers of them. Failures are Errors with `code` and a message that says what was attempted.
 */
export interface PacketDoor {
  /**
   * Opens a packet socket (TPACKET_V3) on an interface, inside a namespace. Packets are decoded on a thread of their own;
   * what comes out of them is delivered every `drainMs`. Rejects with ENODEV, EPERM… Does not keep the process alive.
   */
  openPackets(options: PacketsOptions, onBatch: PacketBatchListener): Promise<PacketSocket>;
  /** Decodes packets that are here already: files, streams, samples. Runs on the calling thread. */
  openDecoder(options: DecoderOptions): Decoder;
  /** Flow tables in the kernel, one set for the process. Rejects with Errors whose message says what the kernel refuses. */
  openKernelFlows(options: KernelFlowsOptions, onBatch: PacketBatchListener): Promise<KernelFlows>;
  /** pcap syntax → BPF program (8 bytes an instruction). Throws an Error with code EINVAL, the reason, and `position` in the text. */
  compileFilter(text: string, linkType: number, snapLength: number): Uint8Array;
  /** Whether a program lets a packet pass. */
  matchFilter(program: Uint8Array, packet: Uint8Array, length: number): boolean;
}

/** Observations, and raw packets, as native/src/flow/observation.h lays them out. Both may be empty. The buffers are the listener's. */
export type PacketBatchListener = (observations: Uint8Array, rawPackets: Uint8Array) => void;

/** The same names as EngineOptions in native/src/flow/engine.h, which says what they mean. */
export interface DecoderOptions {
  readonly source: number;
  readonly isL3Key?: boolean;
  readonly defragment?: boolean;
  readonly reassemble?: boolean;
  readonly payloadBytes?: number;
  readonly payloadPackets?: number;
  /** RAW_PACKETS_ALONE: all of them, and nothing is decoded. */
  readonly rawPacketLimit?: number;
  readonly rawBytes?: number;
  readonly conversationsMax?: number;
  readonly idleMs?: number;
}

/** As `rawPacketLimit`: every packet is handed out as it is, in the order they come, and there are no observations. */
export const RAW_PACKETS_ALONE = 0xffff_ffff;

export interface PacketsOptions extends DecoderOptions {
  readonly netns?: string;
  readonly interfaceName: string;
  /** BPF program of compileFilter; none: all packets. */
  readonly filter?: Uint8Array;
  /** Bytes of each packet that are looked at. */
  readonly snapLength: number;
  readonly drainMs: number;
  /** Of the ring that is shared with the kernel. */
  readonly ringBytes: number;
}

export interface PacketSocket {
  readonly linkType: number;
  stats(): PacketStats;
  /** Resolves when what was there has been delivered; then comes nothing more. Idempotent. */
  close(): Promise<void>;
  /** Why it ended by itself: 'ENODEV' when the interface is gone. One that is down is waited for. Called once at most. */
  onEnd(listener: (code: string) => void): void;
}

/** Totals since the start. */
export interface PacketStats extends DecoderStats {
  /** Seen by the socket, with those it dropped. */
  readonly received: number;
  /** For lack of room in the ring. */
  readonly dropped: number;
  /** Often the ring was full altogether (freeze count). */
  readonly freezes: number;
}

/** The same names as EngineCounters. */
export interface DecoderStats {
  readonly packets: number;
  readonly bytes: number;
  readonly undecoded: number;
  readonly notCounted: number;
  readonly notCountedBytes: number;
  readonly rawDropped: number;
  readonly fragmentsDropped: number;
}

export interface Decoder {
  /** One packet; its time in epoch ns. */
  packet(
    data: Uint8Array,
    options: { readonly timestampNs: bigint; readonly linkType: number; readonly length: number },
  ): void;
  /**
   * A piece of a capture file (pcap or pcapng, from its first byte on, pieces of any size). Throws an Error (EINVAL) that
   * says what is wrong and at which offset when it is no such file. `filter` is compiled for the file's link type.
   * Returns how many packets were in it, and the time of the last one.
   */
  file(piece: Uint8Array): { readonly packets: number; readonly lastMs: number };
  /**
   * The file is over. When that is in the middle of something it says so; all that was whole has been taken. What comes
   * next is a new file.
   */
  end(): string | undefined;
  /** Filter for what follows, pcap syntax. Throws as compileFilter does. */
  setFilter(text: string): void;
  /** Shifts all times of the file by so much, epoch ns. */
  shift(byNs: bigint): void;
  /** Shifts the file so that its next packet is at that time, epoch ns. */
  startAt(timestampNs: bigint): void;
  /** What was added since the last call; at most `most` conversations. */
  drain(
    nowMs: number,
    most?: number,
  ): { readonly observations: Uint8Array; readonly rawPackets: Uint8Array; readonly isMore: boolean };
  stats(): DecoderStats;
  close(): void;
}

export interface KernelFlowsOptions {
  readonly drainMs: number;
  /** Slots of the table in front, for each CPU; a power of two. */
  readonly slots: number;
  readonly ringBytes: number;
  /** First packets of each direction of a conversation that are decoded in full. */
  readonly firstPackets: number;
  readonly headerSize: number;
  /** Which of two programs that count the same: one for Linux 6.2 and later, one for 5.17. Left out: the first that loads. */
  readonly image?: 'direct' | 'probed';
}

export interface KernelPlace {
  readonly netns?: string;
  readonly ifIndex: number;
  /** What its observations carry. */
  readonly source: number;
  /** Of each first packet with payload, for the application decoders. */
  readonly payloadBytes: number;
  /** How to attach; left out: tcx, and clsact where the kernel has none. */
  readonly mode?: 'tcx' | 'clsact';
}

export interface KernelFlows {
  /**
   * Both directions of an interface; of a loopback, what is received. Several on one interface share what is attached,
   * and each gets observations of its own.
   */
  attach(place: KernelPlace): Promise<KernelAttachment>;
  /** Why drops happen: names by the number in DropPart, from the kernel's own types. */
  readonly dropReasons: readonly string[];
  /** What this kernel cannot do, each with what would do: 'drops by reason need tp_btf/kfree_skb (Linux 5.17)'. */
  readonly missing: readonly string[];
  stats(): KernelFlowsStats;
  close(): void;
}

export interface KernelAttachment {
  /** 'tcx' or 'clsact'. */
  readonly mode: string;
  /** Totals since it was attached. */
  stats(): {
    readonly packets: number;
    readonly bytes: number;
    readonly lostPackets: number;
    readonly lostBytes: number;
    /** First packets that found no room in the ring. */
    readonly firstPacketsLost: number;
  };
  /** What was counted so far is still delivered. Idempotent. */
  close(): Promise<void>;
  /** Why it ended by itself: 'ENODEV' when the interface is gone, which is found within a second or two. Called once at most. */
  onEnd(listener: (code: string) => void): void;
}

/** Totals since the start. */
export interface KernelFlowsStats {
  readonly evictions: number;
  /** First packets that found no room in the ring: their conversations are counted, but not decoded in full. */
  readonly firstPacketsLost: number;
  /** Evicted entries that found no room: these counts are missing. */
  readonly evictionsLost: number;
  readonly packetsLost: number;
  readonly bytesLost: number;
}
