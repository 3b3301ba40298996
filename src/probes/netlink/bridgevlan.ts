/** VLANs of a bridge and its ports (linux/if_bridge.h): IFLA_BRIDGE_VLAN_INFO in links, RTM_NEWVLAN as they change. */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import type { Attributes } from '../../native/attributes.ts';

export const bridgeVlanFields = {
  Vlans: field(
    z.array(z.strictObject({ ID: z.int(), End: z.int().optional(), Flags: z.array(z.string()).optional() })),
    {
      doc: 'VLANs that a bridge or a port of it lets through; End where a range from ID to End has the same flags.',
      example: [
        { ID: 1, Flags: ['PVID', 'UNTAGGED'] },
        { ID: 100, End: 199 },
      ],
    },
  ),
};

/** VLAN id → PVID and UNTAGGED bits. */
export type VlanSet = Map<number, number>;

/** BRIDGE_VLANDB_* changes: which VLANs of a port, and what flags they have from now on. */
export interface VlanRange {
  readonly from: number;
  readonly to: number;
  readonly flags: number;
}

const PVID = 2;
const UNTAGGED = 4;
const RANGE_BEGIN = 8;
const RANGE_END = 16;
const VLAN_MAX = 4095;

/** IFLA_AF_SPEC of an AF_BRIDGE link, single VLANs or ranges (RTEXT_FILTER_BRVLAN_COMPRESSED). */
export function linkVlans(spec: Attributes): VlanSet {
  const vlans: VlanSet = new Map();
  let begin: number | undefined;
  while (spec.next()) {
    if (spec.type !== 2) continue;
    const flags = spec.u16();
    const id = spec.u16(2);
    if (flags & RANGE_BEGIN) begin = id;
    else {
      const from = flags & RANGE_END ? (begin ?? id) : id;
      allow(vlans, { from, to: id, flags });
      begin = undefined;
    }
  }
  return vlans;
}

/** BRIDGE_VLANDB_ENTRY attributes of RTM_NEWVLAN and RTM_DELVLAN, after struct br_vlan_msg. */
export function vlanRanges(message: Attributes): VlanRange[] {
  const ranges: VlanRange[] = [];
  while (message.next()) {
    if (message.type !== 1) continue;
    const entry = message.nested();
    let from: number | undefined;
    let to: number | undefined;
    let flags = 0;
    while (entry.next()) {
      if (entry.type === 1) {
        flags = entry.u16();
        from = entry.u16(2);
      }
      if (entry.type === 2) to = entry.u16();
    }
    if (from !== undefined) ranges.push({ from, to: to ?? from, flags });
  }
  return ranges;
}

export function allow(vlans: VlanSet, { from, to, flags }: VlanRange): void {
  for (let id = from; id <= Math.min(to, VLAN_MAX); id++) {
    // There is one PVID: a new one takes it from the old.
    if (flags & PVID) for (const [other, bits] of vlans) if (bits & PVID) vlans.set(other, bits & ~PVID);
    vlans.set(id, flags & (PVID | UNTAGGED));
  }
}

export function forbid(vlans: VlanSet, { from, to }: VlanRange): void {
  for (let id = from; id <= Math.min(to, VLAN_MAX); id++) vlans.delete(id);
}

/** Sorted, with neighbours of equal flags as one range. */
export function vlanList(vlans: VlanSet): Metadata[] {
  const list: { ID: number; End?: number; Flags?: string[] }[] = [];
  let bits: number | undefined;
  for (const id of [...vlans.keys()].sort((a, b) => a - b)) {
    const last = list.at(-1);
    if (last && bits === vlans.get(id) && (last.End ?? last.ID) === id - 1) last.End = id;
    else {
      bits = vlans.get(id);
      list.push({ ID: id, ...flagNames(bits ?? 0) });
    }
  }
  return list;
}

function flagNames(bits: number): { Flags?: string[] } {
  if (bits === 0) return {};
  return { Flags: [...(bits & PVID ? ['PVID'] : []), ...(bits & UNTAGGED ? ['UNTAGGED'] : [])] };
}
