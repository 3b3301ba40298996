/** Matches of OpenFlow 1.0 (§5.2.3) and 1.1 (§A.2.3): fixed places, and bits that say what does not matter. */
import { fieldOf, keyOf } from './fields.ts';
import { type Match, matchOf } from './match.ts';
import type { Oxm } from './oxm.ts';

export const MATCH10_BYTES = 40;
export const MATCH11_BYTES = 88;

/** `bytes`: at least 40. */
export function readMatch10(bytes: Buffer): Match {
  const wildcards = bytes.readUInt32BE(0);
  const cared = (bit: number) => !(wildcards & bit);
  const type = cared(1 << 4) ? bytes.readUInt16BE(22) : undefined;
  const isArp = type === 0x0806 || type === 0x8035;
  return matchOf([
    ...when(cared(1), 0, bytes.subarray(4, 6)),
    ...when(cared(1 << 2), 2, bytes.subarray(6, 12)),
    ...when(cared(1 << 3), 1, bytes.subarray(12, 18)),
    ...vlan(cared(1 << 1), bytes.readUInt16BE(18), cared(1 << 20), bytes.readUInt8(20)),
    ...when(type !== undefined, 3, bytes.subarray(22, 24)),
    ...when(cared(1 << 21), 5, bytes.subarray(24, 25)),
    ...(isArp
      ? when(cared(1 << 5), 15, Buffer.from([0, bytes.readUInt8(25)]))
      : when(cared(1 << 5), 6, bytes.subarray(25, 26))),
    ...address(isArp ? 16 : 7, bytes.subarray(28, 32), prefixMask((wildcards >>> 8) & 0x3f)),
    ...address(isArp ? 17 : 8, bytes.subarray(32, 36), prefixMask((wildcards >>> 14) & 0x3f)),
    ...ports(bytes.readUInt8(25), cared(1 << 6), bytes.subarray(36, 38), cared(1 << 7), bytes.subarray(38, 40)),
  ]);
}

/** `bytes`: at least 88. */
export function readMatch11(bytes: Buffer): Match {
  const wildcards = bytes.readUInt32BE(8);
  const cared = (bit: number) => !(wildcards & bit);
  const type = cared(1 << 3) ? bytes.readUInt16BE(40) : undefined;
  const isArp = type === 0x0806 || type === 0x8035;
  return matchOf([
    ...when(cared(1), 0, bytes.subarray(4, 8), 0x8000),
    ...address(2, bytes.subarray(12, 18), inverse(bytes.subarray(18, 24))),
    ...address(1, bytes.subarray(24, 30), inverse(bytes.subarray(30, 36))),
    ...vlan(cared(1 << 1), bytes.readUInt16BE(36), cared(1 << 2), bytes.readUInt8(38)),
    ...when(type !== undefined, 3, bytes.subarray(40, 42)),
    ...when(cared(1 << 4), 5, bytes.subarray(42, 43)),
    ...(isArp
      ? when(cared(1 << 5), 15, Buffer.from([0, bytes.readUInt8(43)]))
      : when(cared(1 << 5), 6, bytes.subarray(43, 44))),
    ...address(isArp ? 16 : 7, bytes.subarray(44, 48), inverse(bytes.subarray(48, 52))),
    ...address(isArp ? 17 : 8, bytes.subarray(52, 56), inverse(bytes.subarray(56, 60))),
    ...ports(bytes.readUInt8(43), cared(1 << 6), bytes.subarray(60, 62), cared(1 << 7), bytes.subarray(62, 64)),
    ...when(cared(1 << 8), 34, bytes.subarray(64, 68), 0x8000),
    ...when(cared(1 << 9), 35, bytes.subarray(68, 69), 0x8000),
    ...address(2, bytes.subarray(72, 80), inverse(bytes.subarray(80, 88)), 0x8000),
  ]);
}

/** By its number in NXM, or in another class. */
function oxm(number: number, value: Buffer, mask?: Buffer, ofClass = 0): Oxm {
  const key = keyOf(ofClass, number);
  const header = Buffer.from([ofClass >> 8, ofClass & 0xff, (number << 1) | (mask ? 1 : 0), value.length]);
  return { field: fieldOf(key), header, value, mask };
}

function when(isCared: boolean, number: number, value: Buffer, ofClass = 0): Oxm[] {
  return isCared ? [oxm(number, value, undefined, ofClass)] : [];
}

/** With a mask of ones for what matters. */
function address(number: number, value: Buffer, mask: Buffer, ofClass = 0): Oxm[] {
  if (mask.every((byte) => byte === 0)) return [];
  const isWhole = mask.every((byte) => byte === 0xff);
  return [oxm(number, value, isWhole ? undefined : mask, ofClass)];
}

function inverse(mask: Buffer): Buffer {
  return Buffer.from(mask.map((byte) => byte ^ 0xff));
}

/** So many of the lower bits do not matter; 32 and more: none does. */
function prefixMask(ignored: number): Buffer {
  const mask = Buffer.alloc(4);
  mask.writeUInt32BE(ignored >= 32 ? 0 : (0xffff_ffff << ignored) >>> 0);
  return mask;
}

/** 0xffff: no tag at all. As a TCI with the bit that says that there is a tag. */
function vlan(hasId: boolean, id: number, hasPriority: boolean, priority: number): Oxm[] {
  if (!hasId && !hasPriority) return [];
  const [value, mask] = [Buffer.alloc(2), Buffer.alloc(2)];
  const isNone = hasId && id === 0xffff;
  value.writeUInt16BE(isNone ? 0 : 0x1000 | (hasId ? id & 0xfff : 0) | (hasPriority ? (priority & 7) << 13 : 0));
  mask.writeUInt16BE(isNone ? 0xffff : 0x1000 | (hasId ? 0xfff : 0) | (hasPriority ? 0xe000 : 0));
  return [oxm(4, value, mask.readUInt16BE() === 0xffff ? undefined : mask)];
}

/** Of ICMP its type and code stand there. */
function ports(proto: number, hasSrc: boolean, src: Buffer, hasDst: boolean, dst: Buffer): Oxm[] {
  if (proto === 1) return [...when(hasSrc, 13, src.subarray(1)), ...when(hasDst, 14, dst.subarray(1))];
  if (proto === 132) return [...when(hasSrc, 17, src, 0x8000), ...when(hasDst, 18, dst, 0x8000)];
  const first = proto === 17 ? 11 : 9;
  return [...when(hasSrc, first, src), ...when(hasDst, first + 1, dst)];
}
