/** Fields with their values, one behind the other: OXM and NXM (OpenFlow 1.5 §7.2.3.2, ovs-fields(7)). */
import { rawHex } from './bytes.ts';
import { type Field, fieldOf, keyOf } from './fields.ts';
import type { Json } from './said.ts';
import { jsonOf } from './values.ts';

export interface Oxm {
  /** Undefined when nobody told us of it. */
  readonly field: Field | undefined;
  /** The bytes of its header. */
  readonly header: Buffer;
  readonly value: Buffer;
  readonly mask: Buffer | undefined;
}

/** A header alone, as an action names a field. */
export interface FieldName {
  readonly field: Field | undefined;
  readonly header: Buffer;
  /** Length of the value by the header, in bits. */
  readonly bits: number;
}

const EXPERIMENTER = 0xffff;

/** Undefined when there is no whole header at `at`. */
export function readHeader(bytes: Buffer, at: number): FieldName | undefined {
  if (at + 4 > bytes.length) return undefined;
  const ofClass = bytes.readUInt16BE(at);
  const number = bytes.readUInt8(at + 2) >> 1;
  const hasMask = (bytes.readUInt8(at + 2) & 1) === 1;
  let length = bytes.readUInt8(at + 3);
  let size = 4;
  let owner: number | undefined;
  if (ofClass === EXPERIMENTER) {
    if (at + 8 > bytes.length || length < 4) return undefined;
    owner = bytes.readUInt32BE(at + 4);
    size = 8;
    length -= 4;
  }
  const bits = (hasMask ? length / 2 : length) * 8;
  return { field: fieldOf(keyOf(ofClass, number, owner)), header: bytes.subarray(at, at + size), bits };
}

/** What cannot be read ends it: the second is the rest. */
export function readOxms(bytes: Buffer): readonly [Oxm[], Buffer] {
  const all: Oxm[] = [];
  let at = 0;
  while (at < bytes.length) {
    const oxm = readOxm(bytes, at);
    if (!oxm) break;
    all.push(oxm);
    at += oxm.header.length + oxm.value.length + (oxm.mask?.length ?? 0);
  }
  return [all, bytes.subarray(at)];
}

export function readOxm(bytes: Buffer, at: number): Oxm | undefined {
  const name = readHeader(bytes, at);
  if (!name) return undefined;
  const { header, field, bits } = name;
  const hasMask = (header.readUInt8(2) & 1) === 1;
  const [from, size] = [at + header.length, bits / 8];
  const end = from + size * (hasMask ? 2 : 1);
  if (!Number.isInteger(size) || end > bytes.length) return undefined;
  const mask = hasMask ? bytes.subarray(from + size, end) : undefined;
  return { field, header, value: bytes.subarray(from, from + size), mask };
}

export interface Filter {
  readonly Type: string;
  readonly Value: Json;
  readonly Mask?: Json;
  readonly [key: string]: Json;
}

export function filterOf({ field, header, value, mask }: Oxm): Filter {
  const type = field?.type ?? `oxm_${rawHex(header)}`;
  if (mask === undefined) return { Type: type, Value: jsonOf(field, value) };
  return { Type: `${type}_masked`, Value: jsonOf(field, value), Mask: maskOf(field, mask) };
}

/** A mask of a type is no type. */
function maskOf(field: Field | undefined, mask: Buffer): Json {
  return field?.kind === 'eth' ? `0x${rawHex(mask)}` : jsonOf(field, mask);
}
