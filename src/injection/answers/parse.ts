/** What comes back, read from the network layer on. Bytes from outside: what makes no sense is undefined, never an error. */
import { ipText } from '../../std/addresstext.ts';
import { ICMP, ICMPV6, icmp6Type, icmpType } from '../packet/icmp.ts';
import { TCP } from '../packet/tcp.ts';
import { UDP } from '../packet/udp.ts';

export type Answer =
  | { readonly kind: 'echo'; readonly from: string; readonly id: number; readonly sequence: number }
  | {
      readonly kind: 'tcp';
      readonly from: string;
      readonly flags: number;
      readonly acknowledged: number;
      readonly sourcePort: number;
      readonly destinationPort: number;
    }
  | {
      readonly kind: 'udp';
      readonly from: string;
      readonly sourcePort: number;
      readonly destinationPort: number;
      readonly payload: Uint8Array;
    }
  | {
      readonly kind: 'error';
      readonly from: string;
      readonly type: number;
      readonly code: number;
      readonly mtu: number | undefined;
      readonly about: About;
    };

/** The packet that an error is about: its header, and the first bytes of what is inside (RFC 792, RFC 4443 §2.4). */
export interface About {
  readonly protocol: number;
  readonly destination: string;
  /** Of IPv4; 0 in IPv6. */
  readonly identification: number;
  /** Ports of TCP and UDP, else 0. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of TCP; of an echo. */
  readonly sequence: number;
  /** Of UDP: as its header has it. */
  readonly length: number;
  /** Of UDP, what is left of it. */
  readonly payload: Uint8Array;
  readonly icmpId: number;
}

export function parseAnswer(bytes: Uint8Array): Answer | undefined {
  const outside = readIp(bytes);
  if (outside === undefined) return undefined;
  const { protocol, source: from, inside } = outside;
  const view = viewOf(inside);
  switch (protocol) {
    case TCP:
      if (inside.length < 20) return undefined;
      return {
        kind: 'tcp',
        from,
        flags: view.getUint8(13),
        acknowledged: view.getUint32(8),
        sourcePort: view.getUint16(0),
        destinationPort: view.getUint16(2),
      };
    case UDP:
      if (inside.length < 8) return undefined;
      return {
        kind: 'udp',
        from,
        sourcePort: view.getUint16(0),
        destinationPort: view.getUint16(2),
        payload: inside.subarray(8),
      };
    case ICMP:
    case ICMPV6:
      return inside.length < 8 ? undefined : icmpAnswer(protocol, from, inside);
    default:
      return undefined;
  }
}

function icmpAnswer(protocol: number, from: string, inside: Uint8Array): Answer | undefined {
  const view = viewOf(inside);
  const type = view.getUint8(0);
  const code = view.getUint8(1);
  const isV4 = protocol === ICMP;
  if (type === (isV4 ? icmpType.echoReply : icmp6Type.echoReply))
    return { kind: 'echo', from, id: view.getUint16(4), sequence: view.getUint16(6) };
  const about = isError(type, isV4) ? readAbout(inside.subarray(8)) : undefined;
  return about && { kind: 'error', from, type, code, mtu: mtuOf(view, { type, code, isV4 }), about };
}

/** RFC 1191 §4, RFC 4443 §3.2. Routers that know none say 0. */
function mtuOf(view: DataView, told: { readonly type: number; readonly code: number; readonly isV4: boolean }) {
  const { type, code, isV4 } = told;
  if (isV4) return type === icmpType.unreachable && code === 4 ? view.getUint16(6) || undefined : undefined;
  return type === icmp6Type.tooBig ? view.getUint32(4) : undefined;
}

function isError(type: number, isV4: boolean): boolean {
  return isV4 ? V4_ERRORS.has(type) : type >= icmp6Type.unreachable && type <= icmp6Type.problem;
}

const { unreachable, quench, redirect, exceeded, problem } = icmpType;
const V4_ERRORS: ReadonlySet<number> = new Set([unreachable, quench, redirect, exceeded, problem]);

function readAbout(bytes: Uint8Array): About | undefined {
  const packet = readIp(bytes);
  if (packet === undefined || packet.inside.length < 8) return undefined;
  const { protocol, destination, identification, inside } = packet;
  const view = viewOf(inside);
  const hasPorts = protocol === TCP || protocol === UDP;
  const isEcho = protocol === ICMP || protocol === ICMPV6;
  return {
    protocol,
    destination,
    identification,
    sourcePort: hasPorts ? view.getUint16(0) : 0,
    destinationPort: hasPorts ? view.getUint16(2) : 0,
    sequence: protocol === TCP ? view.getUint32(4) : isEcho ? view.getUint16(6) : 0,
    length: protocol === UDP ? view.getUint16(4) : 0,
    payload: inside.subarray(8),
    icmpId: isEcho ? view.getUint16(4) : 0,
  };
}

interface IpPacket {
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly identification: number;
  readonly inside: Uint8Array;
}

function readIp(bytes: Uint8Array): IpPacket | undefined {
  const version = (bytes[0] ?? 0) >> 4;
  const view = viewOf(bytes);
  if (version === 4) {
    const headBytes = ((bytes[0] ?? 0) & 0xf) * 4;
    if (headBytes < 20 || bytes.length < headBytes) return undefined;
    return {
      protocol: view.getUint8(9),
      source: ipText(bytes.subarray(12, 16)),
      destination: ipText(bytes.subarray(16, 20)),
      identification: view.getUint16(4),
      inside: bytes.subarray(headBytes),
    };
  }
  if (version !== 6 || bytes.length < 40) return undefined;
  return {
    protocol: view.getUint8(6),
    source: ipText(bytes.subarray(8, 24)),
    destination: ipText(bytes.subarray(24, 40)),
    identification: 0,
    inside: bytes.subarray(40),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
