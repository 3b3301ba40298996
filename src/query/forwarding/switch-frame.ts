/** A frame as the fields that rules of OpenFlow look at, and back. */

import { parseAddress } from '../../std/address.ts';
import { ipText, macText } from '../../std/addresstext.ts';
import type { Frame, Packet } from './frame.ts';
import { type Fields, TAGGED } from './openflow/state.ts';
import type { SwitchPacket } from './openflow/switch-packet.ts';

const ICMP = 1;
const ICMPV6 = 58;
const TCP = 6;
/** SYN: the first packet of a conversation is what a path is asked for. */
const TCP_SYN = 2n;

export function packetOf(frame: Frame, inPort: number, portNamed: SwitchPacket['portNamed']): SwitchPacket {
  const { packet, tags, tunnel } = frame;
  const isV4 = packet.family === 4;
  const fields: Fields = new Map<string, bigint | undefined>([
    ['in_port', BigInt(Math.max(0, inPort))],
    ['dl_src', numberOfMac(frame.sourceMac)],
    ['dl_dst', numberOfMac(frame.targetMac)],
    ['dl_type', isV4 ? 0x800n : 0x86ddn],
    ['vlan_tci', tags.length > 0 ? TAGGED | BigInt(tags[0] as number) : 0n],
    [isV4 ? 'nw_src' : 'ipv6_src', numberOfAddress(packet.source)],
    [isV4 ? 'nw_dst' : 'ipv6_dst', numberOfAddress(packet.destination)],
    ['nw_proto', packet.protocol === undefined ? undefined : BigInt(packet.protocol)],
    ['nw_ttl', undefined],
    ['ipv6_label', isV4 ? 0n : undefined],
    ['tun_id', tunnel === undefined ? 0n : tunnel.key === undefined ? 0n : BigInt(tunnel.key)],
  ]);
  if (packet.protocol === ICMP || packet.protocol === ICMPV6) {
    // An echo request.
    fields.set('icmp_type', packet.protocol === ICMP ? 8n : 128n).set('icmp_code', 0n);
  } else {
    for (const [name, port] of [
      ['tp_src', packet.sourcePort],
      ['tp_dst', packet.destinationPort],
    ] as const)
      fields.set(name, port === undefined ? undefined : BigInt(port));
    if (packet.protocol === TCP) fields.set('tcp_flags', TCP_SYN);
  }
  if (tunnel) {
    const outerV4 = !tunnel.source.includes(':');
    fields.set(outerV4 ? 'tun_src' : 'tun_ipv6_src', numberOfAddress(tunnel.source));
    fields.set(outerV4 ? 'tun_dst' : 'tun_ipv6_dst', numberOfAddress(tunnel.destination));
    fields.set('tun_flags', undefined);
  }
  return { fields, inPort, inner: tags.slice(1), stack: [], portNamed };
}

/** What rules have changed is changed; what they made unknown is as it was. */
export function frameOf({ fields, inner }: SwitchPacket, before: Frame): Frame {
  const { packet } = before;
  const isV4 = packet.family === 4;
  const tci = fields.get('vlan_tci') ?? 0n;
  const tags = (tci & TAGGED) === 0n ? [] : [Number(tci & 0xfffn), ...inner];
  const destination = addressText(fields.get(isV4 ? 'nw_dst' : 'ipv6_dst'), isV4) ?? packet.destination;
  const now: Packet = {
    ...packet,
    source: addressText(fields.get(isV4 ? 'nw_src' : 'ipv6_src'), isV4) ?? packet.source,
    destination,
    sourcePort: portOf(fields.get('tp_src')) ?? packet.sourcePort,
    destinationPort: portOf(fields.get('tp_dst')) ?? packet.destinationPort,
  };
  const [source, remote] = [fields.get('tun_src'), fields.get('tun_dst')].map((value) => addressText(value, true));
  return {
    ...before,
    packet: now,
    // Who translates the destination has the frame sent there.
    target: before.target === packet.destination ? destination : before.target,
    sourceMac: macOf(fields.get('dl_src')) ?? before.sourceMac,
    targetMac: macOf(fields.get('dl_dst')) ?? before.targetMac,
    tags,
    tunnel: {
      key: fields.get('tun_id') === undefined ? undefined : Number(fields.get('tun_id')),
      source: source ?? '',
      destination: remote ?? '',
    },
  };
}

function numberOfMac(mac: string | undefined): bigint | undefined {
  return mac !== undefined && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)
    ? BigInt(`0x${mac.replaceAll(':', '')}`)
    : undefined;
}

function macOf(value: bigint | undefined): string | undefined {
  return value === undefined ? undefined : macText(bytesOf(value, 6));
}

function numberOfAddress(text: string): bigint | undefined {
  return parseAddress(text)?.bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function addressText(value: bigint | undefined, isV4: boolean): string | undefined {
  return value === undefined || value === 0n ? undefined : ipText(bytesOf(value, isV4 ? 4 : 16));
}

function portOf(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function bytesOf(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Number((value >> BigInt(8 * (length - 1 - at))) & 0xffn));
}
