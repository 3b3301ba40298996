/** Writing observations: for parsers of what exporters send, and for tests. It puts the ends in order and makes the ids. */
import { dropLayout, flag, ipLayout, layerNames, layout, part, payloadLayout, tcpLayout } from './layout.ts';
import { padded } from './observation.ts';
import { conversationKey, type Ends, protocols, takeHash, trackingId, type Word64 } from './tracking.ts';

/** What was added to a conversation, told by who sends and who receives. */
export interface Seen {
  /** The capture point's number. */
  readonly source: number;
  readonly from: End;
  readonly to: End;
  /** IP protocol number; 0 without. */
  readonly protocol?: number;
  readonly etherType?: number;
  /** `class`: a number of icmpTypes. */
  readonly icmp?: { readonly class: number; readonly code: number; readonly id: number };
  /** VLAN tags, 12 bits each, the outermost in the lowest. */
  readonly linkId?: bigint;
  readonly networkId?: number;
  /** One of so many packets was seen; counters are scaled by it already. */
  readonly sampling?: number;
  /** Names of layerNames, at most 12. */
  readonly layers: readonly (typeof layerNames)[number][];
  readonly sent: Count;
  readonly received?: Count;
  /** Epoch ms, with fractions. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Who is the initiator: by default `from`, uncertain. */
  readonly startedBy?: 'from' | 'to';
  readonly isStartCertain?: boolean;
  readonly rttNs?: number;
  /** Key of the conversation of the tunnel around it. */
  readonly parent?: Word64;
  /** Of the outside of a VXLAN or Geneve tunnel: its destination port. */
  readonly tunnelPort?: number;
  /** MACs and VLANs do not tell conversations apart (layer key mode L3). */
  readonly isL3Key?: boolean;
  /** Its packets are counted elsewhere. */
  readonly isFactsOnly?: boolean;
  /** Of the sender, and of the receiver. */
  readonly tcp?: { readonly from?: TcpSeen; readonly to?: TcpSeen; readonly smoothedRttNs?: number };
  readonly fragments?: { readonly count: number; readonly errors: number };
  readonly payloads?: readonly {
    readonly ms: number;
    readonly isReply?: boolean;
    readonly sequence?: number;
    readonly bytes: Uint8Array;
  }[];
  /** Reason (enum skb_drop_reason) and packets. */
  readonly drops?: readonly (readonly [reason: number, packets: number])[];
}

/** `ip`: 4 or 16 bytes. */
export interface End {
  readonly ip?: Uint8Array;
  readonly port?: number;
  readonly mac?: Uint8Array;
}

export interface Count {
  readonly packets: number;
  readonly bytes: number;
}

/** Times epoch ms. */
export interface TcpSeen {
  readonly synMs?: number;
  readonly finMs?: number;
  readonly rstMs?: number;
  readonly synTtl?: number;
  readonly flags?: number;
  readonly retransmissions?: number;
  readonly outOfOrder?: number;
  readonly skipped?: number;
  readonly skippedBytes?: number;
  readonly segments?: number;
  readonly payloadBytes?: number;
}

export class ObservationWriter {
  #bytes = new Uint8Array(16 * 1024);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;

  /** Bytes written since the last `take`. */
  get size(): number {
    return this.#size;
  }

  /** Gives the key, for what travels inside of it. */
  add(seen: Seen): Word64 {
    const fromIsLo = isFromLo(seen);
    const [lo, hi] = fromIsLo ? [seen.from, seen.to] : [seen.to, seen.from];
    const ends = endsOf(seen, lo, hi);
    trackingId(ends);
    const tracking = takeHash();
    const linkId = seen.linkId ?? 0n;
    const parent = seen.parent ?? { high: 0, low: 0 };
    conversationKey(tracking, parent, ends, seen.isL3Key ? undefined : split(linkId));
    const key = takeHash();

    const parts = partsOf(seen);
    const size = layout.fixedBytes + partBytes(seen);
    const at = this.#grow(size);
    const [bytes, view] = [this.#bytes, this.#view];
    const isHiStarted = (seen.startedBy === 'to') === fromIsLo;
    view.setUint16(at + layout.size, size, true);
    bytes[at + layout.parts] = parts;
    bytes[at + layout.flags] =
      (isHiStarted ? flag.hiStarted : 0) |
      (seen.isStartCertain ? flag.startCertain : 0) |
      ((seen.sampling ?? 1) > 1 ? flag.sampled : 0) |
      (seen.isFactsOnly ? flag.factsOnly : 0);
    view.setUint32(at + layout.source, seen.source, true);
    bytes[at + layout.family] = ends.family;
    bytes[at + layout.protocol] = ends.protocol;
    view.setUint16(at + layout.etherType, seen.etherType ?? 0, true);
    bytes[at + layout.icmpClass] = ends.icmpClass;
    bytes[at + layout.icmpCode] = ends.icmpCode;
    view.setUint16(at + layout.icmpId, ends.icmpId, true);
    bytes.set(ends.lo.subarray(0, 16), at + layout.lo);
    bytes.set(ends.hi.subarray(0, 16), at + layout.hi);
    view.setUint16(at + layout.loPort, ends.loPort, true);
    view.setUint16(at + layout.hiPort, ends.hiPort, true);
    bytes.set(ends.loMac.subarray(0, 6), at + layout.loMac);
    bytes.set(ends.hiMac.subarray(0, 6), at + layout.hiMac);
    view.setBigUint64(at + layout.linkId, linkId, true);
    view.setUint32(at + layout.networkId, ends.networkId, true);
    view.setUint32(at + layout.sampling, seen.sampling ?? 1, true);
    for (const [i, name] of seen.layers.slice(0, 12).entries())
      bytes[at + layout.layers + i] = layerNames.indexOf(name);
    view.setUint32(at + layout.rttNs, seen.rttNs ?? 0, true);
    put64(view, at + layout.trackingId, tracking);
    put64(view, at + layout.key, key);
    put64(view, at + layout.parentKey, parent);
    const [sentByLo, sentByHi] = fromIsLo ? [seen.sent, seen.received] : [seen.received, seen.sent];
    view.setFloat64(at + layout.loPackets, sentByLo?.packets ?? 0, true);
    view.setFloat64(at + layout.loBytes, sentByLo?.bytes ?? 0, true);
    view.setFloat64(at + layout.hiPackets, sentByHi?.packets ?? 0, true);
    view.setFloat64(at + layout.hiBytes, sentByHi?.bytes ?? 0, true);
    view.setFloat64(at + layout.firstMs, seen.firstMs, true);
    view.setFloat64(at + layout.lastMs, seen.lastMs, true);
    this.#putParts(at + layout.fixedBytes, seen, fromIsLo);
    return key;
  }

  /** All of them, one after the other; the writer starts anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#size);
    this.#bytes.fill(0, 0, this.#size);
    this.#size = 0;
    return taken;
  }

  #putParts(start: number, seen: Seen, fromIsLo: boolean): void {
    const [bytes, view] = [this.#bytes, this.#view];
    let at = start;
    if (seen.tcp) {
      const { from, to, smoothedRttNs } = seen.tcp;
      for (const [end, facts] of (fromIsLo ? [from, to] : [to, from]).entries()) {
        view.setFloat64(at + tcpLayout.synMs + end * 8, facts?.synMs ?? 0, true);
        view.setFloat64(at + tcpLayout.finMs + end * 8, facts?.finMs ?? 0, true);
        view.setFloat64(at + tcpLayout.rstMs + end * 8, facts?.rstMs ?? 0, true);
        for (const name of tcpCounts) view.setUint32(at + tcpLayout[name] + end * 4, facts?.[name] ?? 0, true);
        bytes[at + tcpLayout.synTtl + end] = facts?.synTtl ?? 0;
        bytes[at + tcpLayout.flags + end] = facts?.flags ?? 0;
      }
      view.setUint32(at + tcpLayout.smoothedRttNs, smoothedRttNs ?? 0, true);
      at += tcpLayout.bytes;
    }
    if (seen.fragments) {
      view.setUint32(at + ipLayout.fragments, seen.fragments.count, true);
      view.setUint32(at + ipLayout.fragmentErrors, seen.fragments.errors, true);
      at += ipLayout.bytes;
    }
    if (seen.payloads) {
      view.setUint32(at + payloadLayout.count, seen.payloads.length, true);
      view.setUint32(at + payloadLayout.size, payloadBytes(seen), true);
      at += 8;
      for (const payload of seen.payloads) {
        view.setFloat64(at + payloadLayout.ms, payload.ms, true);
        view.setUint16(at + payloadLayout.payloadSize, payload.bytes.length, true);
        view.setUint16(at + payloadLayout.fromHi, (payload.isReply ?? false) === fromIsLo ? 1 : 0, true);
        view.setUint32(at + payloadLayout.sequence, payload.sequence ?? 0, true);
        bytes.set(payload.bytes, at + payloadLayout.headBytes);
        at += payloadLayout.headBytes + padded(payload.bytes.length);
      }
    }
    if (seen.drops) {
      view.setUint32(at + dropLayout.count, seen.drops.length, true);
      at += dropLayout.headBytes;
      for (const [reason, packets] of seen.drops) {
        view.setUint32(at + dropLayout.reason, reason, true);
        view.setUint32(at + dropLayout.packets, packets, true);
        at += dropLayout.pairBytes;
      }
    }
  }

  /** Room for so many bytes, all 0; gives where it starts. */
  #grow(size: number): number {
    const at = this.#size;
    this.#size += size;
    if (this.#size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

const tcpCounts = ['retransmissions', 'outOfOrder', 'skipped', 'skippedBytes', 'segments', 'payloadBytes'] as const;
const nowhere = new Uint8Array(16);

/** The end with the smaller address is lo, then the smaller port; without a network layer the smaller MAC. */
function isFromLo({ from, to }: Seen): boolean {
  const byAddress =
    from.ip && to.ip ? compareBytes(from.ip, to.ip) : compareBytes(from.mac ?? nowhere, to.mac ?? nowhere);
  return byAddress < 0 || (byAddress === 0 && (from.port ?? 0) <= (to.port ?? 0));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function endsOf(seen: Seen, lo: End, hi: End): Ends {
  const family = lo.ip && hi.ip ? (lo.ip.length === 4 ? 4 : 6) : 0;
  const protocol = seen.protocol ?? 0;
  const isIcmp = protocol === protocols.icmp || protocol === protocols.icmpv6;
  return {
    family,
    protocol,
    lo: lo.ip ?? nowhere,
    hi: hi.ip ?? nowhere,
    loPort: lo.port ?? 0,
    hiPort: hi.port ?? 0,
    icmpClass: isIcmp ? (seen.icmp?.class ?? 0) : 0,
    icmpCode: isIcmp ? (seen.icmp?.code ?? 0) : 0,
    icmpId: isIcmp ? (seen.icmp?.id ?? 0) : 0,
    loMac: lo.mac ?? nowhere,
    hiMac: hi.mac ?? nowhere,
    tunnelPort: seen.tunnelPort ?? 0,
    networkId: seen.networkId ?? 0,
  };
}

function partsOf(seen: Seen): number {
  return (
    (seen.tcp ? part.tcp : 0) |
    (seen.fragments ? part.ip : 0) |
    (seen.payloads ? part.payload : 0) |
    (seen.drops ? part.drops : 0)
  );
}

function partBytes(seen: Seen): number {
  return (
    (seen.tcp ? tcpLayout.bytes : 0) +
    (seen.fragments ? ipLayout.bytes : 0) +
    (seen.payloads ? 8 + payloadBytes(seen) : 0) +
    (seen.drops ? dropLayout.headBytes + seen.drops.length * dropLayout.pairBytes : 0)
  );
}

function payloadBytes({ payloads = [] }: Seen): number {
  return payloads.reduce((sum, { bytes }) => sum + payloadLayout.headBytes + padded(bytes.length), 0);
}

function split(value: bigint): Word64 {
  return { high: Number(value >> 32n), low: Number(value & 0xffffffffn) };
}

function put64(view: DataView, at: number, { high, low }: Word64): void {
  view.setUint32(at, low, true);
  view.setUint32(at + 4, high, true);
}
