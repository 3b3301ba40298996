/** The packets of an injection, one after the other: each from its number alone. */
import { parseAddress } from '../../std/address.ts';
import type { Probing } from '../order.ts';
import { ethernet, ethertype } from './ethernet.ts';
import { echoRequest, ICMP, ICMP_BYTES, ICMPV6 } from './icmp.ts';
import { ip, ipHeaderBytes } from './ip.ts';
import { numbered } from './number.ts';
import { TCP, TCP_BYTES, tcpSyn } from './tcp.ts';
import { UDP, UDP_BYTES, udp } from './udp.ts';

/** Of what packets that differ by number have in them. */
export interface Conversation {
  readonly sourcePort: number;
  readonly icmpId: number;
}

export function protocolOf(type: Probing['type']): number {
  switch (type) {
    case 'icmp4':
      return ICMP;
    case 'icmp6':
      return ICMPV6;
    case 'tcp4':
    case 'tcp6':
      return TCP;
    case 'udp4':
    case 'udp6':
      return UDP;
  }
}

/** Which of them packet `index` (from 0) is of: all of one, or each of its own. */
export function conversationAt(
  { isRandom, sourcePort, icmpId }: Pick<Probing, 'isRandom' | 'sourcePort' | 'icmpId'>,
  index: number,
): Conversation {
  if (!isRandom) return { sourcePort, icmpId };
  return { sourcePort: around(sourcePort, index, 1), icmpId: around(icmpId, index, 0) };
}

/** Packets of which the numbers that tell them apart begin anew. */
export const NUMBERS = 0x10000;

/** Sequence of an echo and identification of IPv4; never 0, which the kernel would fill in. */
export function numberAt(index: number): number {
  return (index % (NUMBERS - 1)) + 1;
}

/** Bytes around the payload, without those of the link. */
export function headerBytes(type: Probing['type']): number {
  const isV4 = type.endsWith('4');
  const inside = type.startsWith('icmp') ? ICMP_BYTES : type.startsWith('tcp') ? TCP_BYTES : UDP_BYTES;
  return ipHeaderBytes(new Uint8Array(isV4 ? 4 : 16)) + inside;
}

/** `link`: both MACs, of an Ethernet frame; without it the packet alone. */
export function packetSeries(
  probing: Probing,
  link: { readonly source: Uint8Array; readonly destination: Uint8Array } | undefined,
): (index: number) => Uint8Array {
  const source = bytesOf(probing.source);
  const destination = bytesOf(probing.destination);
  const payload = Uint8Array.from(Buffer.from(probing.payload, 'base64'));
  const protocol = protocolOf(probing.type);
  const type = source.length === 4 ? ethertype.ipv4 : ethertype.ipv6;
  return (index) => {
    const inside = insideOf(probing, {
      source,
      destination,
      index,
      payload: payloadAt(probing, payload, index),
    });
    const header = { source, destination, protocol, ttl: probing.ttl, identification: numberAt(index) };
    const packet = ip(header, inside);
    return link ? ethernet({ ...link, type }, packet) : packet;
  };
}

function insideOf(
  probing: Probing,
  given: {
    readonly source: Uint8Array;
    readonly destination: Uint8Array;
    readonly index: number;
    readonly payload: Uint8Array;
  },
): Uint8Array {
  const { index, payload, source, destination } = given;
  const { sourcePort, icmpId } = conversationAt(probing, index);
  const between = { source, destination, sourcePort, destinationPort: probing.destinationPort };
  switch (protocolOf(probing.type)) {
    case TCP:
      return tcpSyn({ ...between, sequence: (probing.sequence + index) >>> 0 }, payload);
    case UDP:
      return udp(between, payload);
    default:
      return echoRequest({ source, destination, id: icmpId, sequence: numberAt(index) }, payload);
  }
}

/** `payload`: what the first has. */
export function payloadAt({ incrementBytes, isNumbered }: Probing, payload: Uint8Array, index: number): Uint8Array {
  const bytes = grown(payload, incrementBytes * index);
  return isNumbered === true ? numbered(bytes, index) : bytes;
}

/** Longer by so many bytes, its own over again; shorter, down to none, where it shrinks. */
function grown(payload: Uint8Array, byBytes: number): Uint8Array {
  if (byBytes === 0) return payload;
  const bytes = new Uint8Array(Math.max(0, payload.length + byBytes));
  for (let at = 0; at < bytes.length; at++)
    bytes[at] = payload.length > 0 ? (payload[at % payload.length] as number) : 0;
  return bytes;
}

/** What was resolved is an address: anything else is our bug. */
function bytesOf(text: string): Uint8Array {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`no address: ${text}`);
  return address.bytes;
}

/** `first` and those after it, up to 65535, then from `least` on. */
function around(first: number, index: number, least: number): number {
  return ((first - least + index) % (NUMBERS - least)) + least;
}
