/** Some bits of a field, as ovs-ofctl writes them: NXM_OF_VLAN_TCI[0..11]. */
import { rawHex } from './bytes.ts';
import { subfieldName } from './fields.ts';
import type { FieldName } from './oxm.ts';

export function subfieldText({ field, header, bits }: FieldName, offset: number, count: number): string {
  const name = field ? subfieldName(field) : `0x${rawHex(header)}`;
  const all = field && field.bytes > 0 ? widthOf(field.name, field.bytes) : bits;
  if (offset === 0 && count === all) return `${name}[]`;
  return count === 1 ? `${name}[${offset}]` : `${name}[${offset}..${offset + count - 1}]`;
}

export function typeOf({ field, header }: FieldName): string {
  return field?.type ?? `oxm_${rawHex(header)}`;
}

/** An offset and a number of bits less one in one number (nicira-ext.h, "ofs_nbits"). */
export function offsetAndBits(word: number): readonly [number, number] {
  return [word >> 6, (word & 0x3f) + 1];
}

/** Bits in use, where those are not all of the bytes (OpenFlow 1.5 §7.2.3.7). */
function widthOf(name: string, bytes: number): number {
  const odd: Readonly<Record<string, number>> = {
    ...{ vlan_vid: 12, vlan_pcp: 3, ip_dscp: 6, nw_ecn: 2, mpls_label: 20, mpls_tc: 3, mpls_bos: 1, ipv6_label: 20 },
    ...{ tcp_flags: 12, ip_frag: 2, pbb_isid: 24, tun_flags: 1, nsh_spi: 24, nsh_ttl: 6, tun_erspan_idx: 20 },
    ...{ tun_erspan_ver: 4, tun_erspan_dir: 1, tun_erspan_hwid: 6 },
  };
  return odd[name] ?? bytes * 8;
}
