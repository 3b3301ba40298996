/** A match as ovs-ofctl writes it: what stands in which order is that of its dump-flows. */
import { rawHex } from './bytes.ts';
import { fieldOf, keyOf } from './fields.ts';
import { type Filter, filterOf, type Oxm, readOxms } from './oxm.ts';
import { maskedText } from './values.ts';

export interface Match {
  readonly filters: readonly Filter[];
  /** `ip,in_port=1,nw_dst=10.0.0.0/24`; the same for the same match, however it came over the wire. */
  readonly text: string;
}

export function readMatch(bytes: Buffer): Match {
  const [all, rest] = readOxms(bytes);
  return matchOf(all, rest);
}

/** `rest`: bytes that could not be read. */
export function matchOf(all: readonly Oxm[], rest: Buffer = Buffer.alloc(0)): Match {
  const filters = all.map(filterOf);
  const words = wordsOf(all);
  if (rest.length > 0) {
    filters.push({ Type: 'unknown', Value: `0x${rawHex(rest)}` });
    words.push([LAST, `unknown=0x${rawHex(rest)}`]);
  }
  words.sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1));
  return { filters, text: words.map(([, word]) => word).join(',') };
}

type Ranked = [rank: number, word: string];
const LAST = 1_000;

function wordsOf(all: readonly Oxm[]): Ranked[] {
  const words: Ranked[] = [];
  const exact = (name: string) => {
    const found = all.find(({ field, mask }) => field?.name === name && mask === undefined);
    return found?.value.length === found?.field?.bytes ? found : undefined;
  };
  const type = exact('eth_type');
  const proto = exact('nw_proto');
  const ethertype = type?.value.readUInt16BE();
  const short = ethertype === undefined ? undefined : shorthand(ethertype, proto?.value.readUInt8());
  if (short !== undefined) words.push([rankOf('proto'), short.name]);
  for (const oxm of all.flatMap(halves)) {
    if (oxm === type && short !== undefined) continue;
    if (oxm === proto && short?.isWhole) continue;
    words.push(...wordOf(oxm, ethertype));
  }
  return words;
}

/** Registers of 64 and 128 bits are several of 32: OpenFlow 1.5 has those where others have these. */
function halves(oxm: Oxm): Oxm[] {
  const { field, value, mask } = oxm;
  const [, kind, number] = /^(x{1,2})reg(\d+)$/.exec(field?.name ?? '') ?? [];
  const count = kind === undefined ? 0 : kind.length * 2;
  if (count === 0 || value.length !== count * 4) return [oxm];
  const parts = Array.from({ length: count }, (_, i): Oxm => {
    const part = (bytes: Buffer) => bytes.subarray(i * 4, i * 4 + 4);
    const half = mask && part(mask);
    const isAll = half?.every((byte) => byte === 0xff);
    const register = fieldOf(keyOf(1, Number(number) * count + i));
    return { ...oxm, field: register, value: part(value), mask: isAll ? undefined : half };
  });
  return parts.filter((one) => one.mask === undefined || one.mask.some((byte) => byte !== 0));
}

function wordOf(oxm: Oxm, ethertype: number | undefined): Ranked[] {
  const { field, header, value, mask } = oxm;
  if (!field) return [[LAST - 1, `oxm_${rawHex(header)}=0x${rawHex(value)}${mask ? `/0x${rawHex(mask)}` : ''}`]];
  if (value.length === field.bytes && (field.kind === 'vid' || field.name === 'vlan_tci')) return vlanWords(oxm);
  const name = field.name === 'nw_proto' && (ethertype === 0x0806 || ethertype === 0x8035) ? 'arp_op' : field.match;
  return [[rankOf(field.match), `${name}=${maskedText(field, value, mask)}`]];
}

/** The bit 0x1000 says that there is a tag (OpenFlow 1.5 §7.2.3.8, "VLAN VID"). */
function vlanWords({ field, value, mask }: Oxm): Ranked[] {
  const bits = value.readUInt16BE();
  const isTci = field?.name === 'vlan_tci';
  const cared = mask?.readUInt16BE() ?? (isTci ? 0xffff : 0x1fff);
  const pcp = (bits & 0xe000) >> 13;
  const vlan: Ranked[] = cared & 0x0fff ? [[rankOf('vlan_tci'), `dl_vlan=${bits & 0xfff}`]] : [];
  const priority: Ranked[] = cared & 0xe000 ? [[rankOf('dl_vlan_pcp'), `dl_vlan_pcp=${pcp}`]] : [];
  const isWhole = (cared & 0x0fff) === 0x0fff || (cared & 0x0fff) === 0;
  const isWholePcp = (cared & 0xe000) === 0xe000 || (cared & 0xe000) === 0;
  if (bits & 0x1000 && cared & 0x1000 && isWhole && isWholePcp && cared & ~0x1000) return [...vlan, ...priority];
  if (mask === undefined && bits === 0) return [[rankOf('vlan_tci'), 'vlan_tci=0x0000']];
  const pad = (number: number) => `0x${number.toString(16).padStart(4, '0')}`;
  // Without a mask of its own a VLAN number says nothing of the priority.
  const text = cared === 0xffff ? pad(bits) : `${pad(bits)}/${pad(cared)}`;
  return [[rankOf('vlan_tci'), `vlan_tci=${text}`]];
}

interface Short {
  readonly name: string;
  /** Whether it stands for the protocol over IP too. */
  readonly isWhole: boolean;
}

function shorthand(ethertype: number, proto: number | undefined): Short | undefined {
  const over = proto === undefined ? undefined : ({ 1: 'icmp', 6: 'tcp', 17: 'udp', 132: 'sctp' } as const)[proto];
  if (ethertype === 0x0800) return { name: over ?? 'ip', isWhole: over !== undefined };
  if (ethertype === 0x86dd) {
    if (proto === 58) return { name: 'icmp6', isWhole: true };
    const known = over === 'icmp' ? undefined : over;
    return { name: known ? `${known}6` : 'ipv6', isWhole: known !== undefined };
  }
  const name = { 2054: 'arp', 32821: 'rarp', 34887: 'mpls', 34888: 'mplsm' }[ethertype];
  return name === undefined ? undefined : { name, isWhole: false };
}

const order = [
  ...['pkt_mark', 'recirc_id', 'dp_hash', 'conj_id', 'actset_output', 'ct_state', 'ct_zone', 'ct_mark', 'ct_label'],
  ...['ct_nw_src', 'ct_ipv6_src', 'ct_nw_dst', 'ct_ipv6_dst', 'ct_nw_proto', 'ct_tp_src', 'ct_tp_dst'],
  ...['packet_type', 'proto'],
  ...Array.from({ length: 16 }, (_, i) => `reg${i}`),
  ...Array.from({ length: 8 }, (_, i) => `xreg${i}`),
  ...Array.from({ length: 4 }, (_, i) => `xxreg${i}`),
  ...['tun_id', 'tun_src', 'tun_dst', 'tun_ipv6_src', 'tun_ipv6_dst', 'tun_gbp_id', 'tun_gbp_flags'],
  ...['tun_erspan_ver', 'tun_erspan_idx', 'tun_erspan_dir', 'tun_erspan_hwid', 'tun_gtpu_flags', 'tun_gtpu_msgtype'],
  'tun_flags',
  ...Array.from({ length: 64 }, (_, i) => `tun_metadata${i}`),
  ...['metadata', 'in_port', 'vlan_tci', 'dl_vlan', 'dl_vlan_pcp', 'dl_src', 'dl_dst', 'dl_type'],
  ...['ipv6_src', 'ipv6_dst', 'ipv6_label', 'arp_spa', 'arp_tpa', 'nw_src', 'nw_dst', 'nw_proto', 'arp_op'],
  ...['arp_sha', 'arp_tha', 'nsh_flags', 'nsh_ttl', 'nsh_mdtype', 'nsh_np', 'nsh_spi', 'nsh_si'],
  ...['nsh_c1', 'nsh_c2', 'nsh_c3', 'nsh_c4', 'nw_tos', 'nw_ecn', 'nw_ttl'],
  ...['mpls_label', 'mpls_tc', 'mpls_ttl', 'mpls_bos', 'nw_frag', 'icmp_type', 'icmp_code', 'tp_src', 'tp_dst'],
  ...['tcp_flags', 'nd_target', 'nd_sll', 'nd_tll', 'nd_reserved', 'nd_options_type'],
];
const ranks = new Map(order.map((name, i) => [name, i]));

function rankOf(name: string): number {
  return ranks.get(name) ?? LAST - 2;
}
