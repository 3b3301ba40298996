/** What an application decoder is given and what it finds. Decoders never throw: what they cannot read is undefined. */
import type { Layer } from '../flow.ts';

/** The first payloads of a conversation, and what tells which decoders to ask. */
export interface Conversation {
  /** IP protocol number. */
  readonly protocol: number;
  readonly loPort: number;
  readonly hiPort: number;
  readonly startedByHi: boolean;
  /** In the order they were seen; each may be cut at its end. */
  readonly payloads: readonly Payload[];
}

export interface Payload {
  /** Epoch ms, with fractions. */
  readonly ms: number;
  readonly fromHi: boolean;
  /** TCP sequence number of its first byte, else 0. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface Application {
  /** As in `Flow.Application`. */
  readonly name: string;
  /** What LayersPath goes on with, in gopacket's names; absent where it ends before. */
  readonly path?: readonly string[];
  /** By the key they have in a flow: DNS, DHCPv4, VRRPv2, TLS, HTTP. */
  readonly layers: Readonly<Record<string, Layer>>;
  /** From the first query to its response. */
  readonly latencyMs?: number;
}

export const protocols = { tcp: 6, udp: 17, vrrp: 112 } as const;
