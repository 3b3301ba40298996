/** A packet on its way through the tables of a switch: what is known of each field. */
import { allOnes, type FieldKind } from './fields.ts';

/** `undefined`: not known. What is not in it at all is 0: registers, metadata, what no tunnel has set. */
export type Fields = Map<string, bigint | undefined>;

/** CFI of a tag that is there (ovs-fields(7), vlan_tci). */
export const TAGGED = 0x1000n;

export function readField(fields: Fields, kind: FieldKind): bigint | undefined {
  const parts = registersOf(kind);
  if (parts === undefined) {
    if (kind.name === 'ip_dscp') return shifted(fields, 'nw_tos', 2n);
    return fields.has(kind.name) ? fields.get(kind.name) : 0n;
  }
  let value = 0n;
  for (const part of parts) {
    const held = fields.has(part) ? fields.get(part) : 0n;
    if (held === undefined) return undefined;
    value = (value << 32n) | held;
  }
  return value;
}

export function writeField(fields: Fields, kind: FieldKind, value: bigint | undefined): void {
  const parts = registersOf(kind);
  if (parts === undefined) {
    fields.set(kind.name, value);
    return;
  }
  for (const [at, part] of parts.entries()) {
    const shift = BigInt(32 * (parts.length - 1 - at));
    fields.set(part, value === undefined ? undefined : (value >> shift) & allOnes(32));
  }
}

/** xreg0 is reg0 and reg1, the first one above; xxreg0 is reg0 to reg3. */
function registersOf({ name }: FieldKind): string[] | undefined {
  const [, kind, digits] = /^(xreg|xxreg)(\d+)$/.exec(name) ?? [];
  if (kind === undefined) return undefined;
  const count = kind === 'xreg' ? 2 : 4;
  return Array.from({ length: count }, (_, at) => `reg${Number(digits) * count + at}`);
}

function shifted(fields: Fields, name: string, by: bigint): bigint | undefined {
  const value = fields.has(name) ? fields.get(name) : 0n;
  return value === undefined ? undefined : value >> by;
}
