/** Fields of a packet in a switch, by the names of ovs-fields(7), and their values as ovs-ofctl(8) writes them. */
import { parseAddress } from '../../../std/address.ts';

/** Its one name here, and how many bits it has. */
export interface FieldKind {
  readonly name: string;
  readonly bits: number;
}

/** Undefined of what is not known here. `NXM_NX_REG3`, `reg3`; `dl_src`, `eth_src`. */
export function fieldKind(text: string): FieldKind | undefined {
  const plain = text.replace(/^(NXM_OF_|NXM_NX_|OXM_OF_|NXOXM_ET_|OXM_OF_PKT_)/, '').toLowerCase();
  const register = /^(reg|xreg|xxreg)(\d{1,2})$/.exec(plain);
  if (register) {
    const bits = { reg: 32, xreg: 64, xxreg: 128 }[register[1] as 'reg'];
    return Number(register[2]) * bits < 512 ? { name: plain, bits } : undefined;
  }
  const name = aliases.get(plain) ?? plain;
  const bits = widths.get(name);
  return bits === undefined ? undefined : { name, bits };
}

/** Undefined of what is no value of the field. */
export function fieldValue({ name, bits }: FieldKind, text: string): bigint | undefined {
  if (/^(0x[0-9a-f]{1,32}|\d{1,39})$/i.test(text)) {
    const value = BigInt(text);
    return value < 1n << BigInt(bits) ? value : undefined;
  }
  if (/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(text))
    return text.split(':').reduce((value, byte) => (value << 8n) | BigInt(Number.parseInt(byte, 16)), 0n);
  if (name === 'in_port' || name === 'actset_output') return portNumbers.get(text.toUpperCase());
  const address = parseAddress(text);
  if (address === undefined || address.bytes.length * 8 !== bits) return undefined;
  return address.bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** `10.0.0.0/24` has a length behind it, all others a mask of their own form. */
export function fieldMask(kind: FieldKind, text: string): bigint | undefined {
  if (!isAddress(kind.name) || !/^\d{1,3}$/.test(text)) return fieldValue(kind, text);
  const length = Number(text);
  return length > kind.bits ? undefined : allOnes(kind.bits) ^ allOnes(kind.bits - length);
}

export function allOnes(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

export const LOCAL = 65_534;

/** OFPP_* of OpenFlow 1.0; newer versions have them with 16 more bits set (openflow-1.1.h). */
const portNumbers = new Map([
  ['LOCAL', 65_534n],
  ['CONTROLLER', 65_533n],
  ['IN_PORT', 65_528n],
  ['NONE', 65_535n],
  ['ANY', 65_535n],
]);

function isAddress(name: string): boolean {
  return /^(nw|ipv6|arp|tun|tun_ipv6|ct_nw|ct_ipv6|nd)_(src|dst|spa|tpa|target)$/.test(name);
}

/** Bits of conn_state: new, est, rel, rpl, inv, trk, snat, dnat (nicira-ext.h). */
export const ctBits = new Map([
  ['new', 1n],
  ['est', 2n],
  ['rel', 4n],
  ['rpl', 8n],
  ['inv', 16n],
  ['trk', 32n],
  ['snat', 64n],
  ['dnat', 128n],
]);

const widths = new Map([
  ['in_port', 32],
  ['dl_src', 48],
  ['dl_dst', 48],
  ['dl_type', 16],
  ['vlan_tci', 16],
  ['nw_src', 32],
  ['nw_dst', 32],
  ['ipv6_src', 128],
  ['ipv6_dst', 128],
  ['ipv6_label', 20],
  ['nw_proto', 8],
  ['nw_tos', 8],
  ['ip_dscp', 6],
  ['nw_ecn', 2],
  ['nw_ttl', 8],
  ['tp_src', 16],
  ['tp_dst', 16],
  ['tcp_flags', 12],
  ['icmp_type', 8],
  ['icmp_code', 8],
  ['arp_op', 16],
  ['arp_spa', 32],
  ['arp_tpa', 32],
  ['arp_sha', 48],
  ['arp_tha', 48],
  ['tun_id', 64],
  ['tun_src', 32],
  ['tun_dst', 32],
  ['tun_ipv6_src', 128],
  ['tun_ipv6_dst', 128],
  ['tun_flags', 16],
  ['tun_gbp_id', 16],
  ['tun_gbp_flags', 8],
  ['metadata', 64],
  ['pkt_mark', 32],
  ['ct_state', 32],
  ['ct_zone', 16],
  ['ct_mark', 32],
  ['ct_label', 128],
  ['ct_nw_src', 32],
  ['ct_nw_dst', 32],
  ['ct_nw_proto', 8],
  ['ct_tp_src', 16],
  ['ct_tp_dst', 16],
  ['conj_id', 32],
  ['actset_output', 32],
  ['skb_priority', 32],
  ['recirc_id', 32],
]);

const aliases = new Map([
  ['eth_src', 'dl_src'],
  ['eth_dst', 'dl_dst'],
  ['eth_type', 'dl_type'],
  ['ip_src', 'nw_src'],
  ['ip_dst', 'nw_dst'],
  ['ipv4_src', 'nw_src'],
  ['ipv4_dst', 'nw_dst'],
  ['ip_proto', 'nw_proto'],
  ['ip_ecn', 'nw_ecn'],
  ['ip_ttl', 'nw_ttl'],
  ['ip_tos', 'nw_tos'],
  ['tcp_src', 'tp_src'],
  ['tcp_dst', 'tp_dst'],
  ['udp_src', 'tp_src'],
  ['udp_dst', 'tp_dst'],
  ['sctp_src', 'tp_src'],
  ['sctp_dst', 'tp_dst'],
  ['icmpv6_type', 'icmp_type'],
  ['icmpv6_code', 'icmp_code'],
  ['icmpv4_type', 'icmp_type'],
  ['icmpv4_code', 'icmp_code'],
  ['tunnel_id', 'tun_id'],
  ['tun_ipv4_src', 'tun_src'],
  ['tun_ipv4_dst', 'tun_dst'],
  ['in_port_oxm', 'in_port'],
]);
