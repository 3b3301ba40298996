/** Parts of fields: `NXM_NX_REG0[0..15]`, `reg0[3]`, `eth_src[]`, `eth_src`. */
import { allOnes, type FieldKind, fieldKind } from './fields.ts';
import { type Fields, readField, writeField } from './state.ts';

export interface Subfield {
  readonly kind: FieldKind;
  readonly from: number;
  readonly bits: number;
}

export function parseSubfield(text: string): Subfield | undefined {
  const [, name, range] = /^([A-Za-z_]\w*)(?:\[([\d.]*)\])?$/.exec(text.trim()) ?? [];
  const vlan = vlanParts.get((name ?? '').replace(/^OXM_OF_/, '').toLowerCase());
  if (vlan !== undefined) return vlan;
  const kind = name === undefined ? undefined : fieldKind(name);
  if (kind === undefined) return undefined;
  if (range === undefined || range === '') return { kind, from: 0, bits: kind.bits };
  const [, low, high = low] = /^(\d{1,3})(?:\.\.(\d{1,3}))?$/.exec(range) ?? [];
  const from = Number(low);
  const bits = Number(high) - from + 1;
  return low === undefined || bits <= 0 || from + bits > kind.bits ? undefined : { kind, from, bits };
}

const tci: FieldKind = { name: 'vlan_tci', bits: 16 };
const vlanParts = new Map<string, Subfield>([
  ['vlan_vid', { kind: tci, from: 0, bits: 13 }],
  ['dl_vlan', { kind: tci, from: 0, bits: 12 }],
  ['vlan_pcp', { kind: tci, from: 13, bits: 3 }],
  ['dl_vlan_pcp', { kind: tci, from: 13, bits: 3 }],
]);

export function readSubfield(fields: Fields, { kind, from, bits }: Subfield): bigint | undefined {
  const value = readField(fields, kind);
  return value === undefined ? undefined : (value >> BigInt(from)) & allOnes(bits);
}

export function writeSubfield(fields: Fields, { kind, from, bits }: Subfield, value: bigint | undefined): void {
  if (from === 0 && bits === kind.bits) {
    writeField(fields, kind, value);
    return;
  }
  const before = readField(fields, kind);
  const hole = allOnes(bits) << BigInt(from);
  const filled =
    value === undefined || before === undefined ? undefined : (before & ~hole) | ((value << BigInt(from)) & hole);
  writeField(fields, kind, filled);
}
