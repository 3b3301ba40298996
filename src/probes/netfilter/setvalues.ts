/** What is in a set or a map, as nft writes it: single values, ranges, prefixes, and those of several keys joined. */

import { SET_TYPES } from './keys.ts';
import { SET_FLAG } from './nftnetlink.ts';
import { ELEMENT_FLAG, type RawElement, type RawSet, type Verdict } from './ruleset.ts';
import { type DataType, valueText } from './values.ts';

/** One part of a key, with how many bytes it takes. */
export interface Part {
  readonly type: DataType;
  readonly size: number;
}

/** `key` and `data` are what the set is asked for, where a rule says more of it than the set itself does. */
export function setValues(set: RawSet, key: readonly Part[] = partsOf(set.keyType, set.keyLength)): string[] {
  const isMap = (set.flags & SET_FLAG.map) !== 0;
  const data = isMap ? partsOf(set.dataType, 0) : [];
  return intervalsOf(set).map(({ from, to, element }) => {
    const text = (element.flags & ELEMENT_FLAG.catchAll) !== 0 ? '*' : rangesText(key, from, to);
    if (!isMap) return text;
    const value = element.verdict ? verdictText(element.verdict) : dataText(data, element.data ?? new Uint8Array());
    return `${text} : ${value}`;
  });
}

/** Six bits for each of several keys, the last in the lowest ones. */
export function partsOf(type: number, length: number): Part[] {
  const types: DataType[] = [];
  for (let rest = type >>> 0; rest !== 0; rest >>>= TYPE_BITS) types.unshift(SET_TYPES[rest & TYPE_MASK] ?? 'integer');
  if (types.length === 0) types.push('integer');
  return types.map((one) => ({ type: one, size: SIZES[one] ?? (types.length === 1 && length > 0 ? length : 4) }));
}

const TYPE_BITS = 6;
const TYPE_MASK = 0x3f;
const SIZES: Partial<Readonly<Record<DataType, number>>> = {
  ...{ ipv4: 4, ipv6: 16, ether: 6, port: 2, protocol: 1, nfproto: 1, ethertype: 2, ifname: 16, ifindex: 4, mark: 4 },
  ...{ 'icmp type': 1, 'icmpv6 type': 1, 'ct state': 4, 'ct status': 4, 'tcp flags': 1, dscp: 1, 'fib type': 4 },
};

export function verdictText({ code, chain }: Verdict): string {
  const name = VERDICTS[code] ?? `verdict ${code}`;
  return chain === '' ? name : `${name} ${chain}`;
}

/** linux/netfilter.h, and enum nft_verdicts. */
export const VERDICTS: Readonly<Record<string, string>> = {
  ...{
    0: 'drop',
    1: 'accept',
    3: 'queue',
    [-1]: 'continue',
    [-2]: 'break',
    [-3]: 'jump',
    [-4]: 'goto',
    [-5]: 'return',
  },
};

/** Each part begins at a multiple of four bytes. */
export function dataText(parts: readonly Part[], bytes: Uint8Array): string {
  return rangesText(parts, bytes, undefined);
}

function rangesText(parts: readonly Part[], from: Uint8Array, to: Uint8Array | undefined): string {
  let at = 0;
  const texts: string[] = [];
  for (const { type, size } of parts) {
    const width = parts.length === 1 ? from.length : size;
    texts.push(rangeText(type, from.subarray(at, at + width), to?.subarray(at, at + width)));
    at += (size + 3) & ~3;
  }
  return texts.join(' . ');
}

export function rangeText(type: DataType, from: Uint8Array, to: Uint8Array | undefined): string {
  if (to === undefined || isSame(from, to)) return valueText(type, from);
  if (type === 'ipv4' || type === 'ipv6') {
    const bits = prefixOf(from, to);
    if (bits !== undefined) return `${valueText(type, from)}/${bits}`;
  }
  if (type === 'ifname') return `${valueText(type, from.subarray(0, lastSet(from) + 1))}*`;
  return `${valueText(type, from)}-${valueText(type, to)}`;
}

/** Intervals are told as their beginnings, and as ends that are not part of them any more. */
function intervalsOf(set: RawSet): { from: Uint8Array; to: Uint8Array | undefined; element: RawElement }[] {
  const isInterval = (set.flags & SET_FLAG.interval) !== 0;
  const elements = [...set.elements].sort((a, b) => compare(a.key, b.key) || endsFirst(a) - endsFirst(b));
  const found: { from: Uint8Array; to: Uint8Array | undefined; element: RawElement }[] = [];
  elements.forEach((element, at) => {
    const { key, keyEnd, flags } = element;
    if ((flags & ELEMENT_FLAG.intervalEnd) !== 0) return;
    if (!isInterval || keyEnd !== undefined || (flags & ELEMENT_FLAG.catchAll) !== 0) {
      found.push({ from: key, to: keyEnd, element });
      return;
    }
    const next = elements[at + 1];
    const to = next && next.key.length > 0 ? before(next.key) : new Uint8Array(key.length).fill(0xff);
    found.push({ from: key, to, element });
  });
  return found;
}

function endsFirst({ flags }: RawElement): number {
  return (flags & ELEMENT_FLAG.intervalEnd) !== 0 ? 0 : 1;
}

function before(bytes: Uint8Array): Uint8Array {
  const result = Uint8Array.from(bytes);
  for (let at = result.length - 1; at >= 0; at--) {
    const byte = result[at] as number;
    result[at] = byte === 0 ? 0xff : byte - 1;
    if (byte !== 0) break;
  }
  return result;
}

/** How many bits the range has in common, when it is just all that begin with them. */
function prefixOf(from: Uint8Array, to: Uint8Array): number | undefined {
  let bits = 0;
  const bit = (bytes: Uint8Array, at: number) => ((bytes[at >> 3] as number) >> (7 - (at & 7))) & 1;
  const size = from.length * 8;
  while (bits < size && bit(from, bits) === bit(to, bits)) bits++;
  for (let at = bits; at < size; at++) if (bit(from, at) !== 0 || bit(to, at) !== 1) return undefined;
  return bits;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return compare(a, b) === 0;
}

export function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length && at < b.length; at++)
    if (a[at] !== b[at]) return (a[at] as number) - (b[at] as number);
  return a.length - b.length;
}

function lastSet(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= 0; at--) if (bytes[at] !== 0) return at;
  return 0;
}
