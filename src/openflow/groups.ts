/** Groups and their buckets (OpenFlow 1.1 §A.5.7 to 1.5 §7.3.5.9), and their counters. */
import { readActions } from './actions.ts';
import { cString, rawHex, roundUp8, whole } from './bytes.ts';
import { readOxms } from './oxm.ts';
import { counter } from './rule.ts';
import type { Said } from './said.ts';

export interface Bucket {
  readonly weight: number;
  /** 0xffffffff: none. */
  readonly watchPort: number;
  readonly watchGroup: number;
  /** Since OpenFlow 1.5. */
  readonly id: number | undefined;
  readonly actions: readonly Said[];
}

export interface Group {
  readonly id: number;
  /** all, select, indirect, ff, or its number. */
  readonly type: string;
  /** How a bucket is selected, when it was said (OpenFlow 1.5, an extension of Netronome). */
  readonly meta: string | undefined;
  readonly buckets: readonly Bucket[];
}

export interface RawGroup {
  readonly id: number;
  /** As it was on the wire. */
  readonly raw: string;
  read(): Group;
}

const NONE = 0xffff_ffff;
const groupTypes = ['all', 'select', 'indirect', 'ff'];

export function cutGroups(body: Buffer, version: number): { readonly groups: RawGroup[]; readonly isWhole: boolean } {
  const groups: RawGroup[] = [];
  const fixed = version >= 6 ? 16 : 8;
  let at = 0;
  while (at + fixed <= body.length) {
    const length = body.readUInt16BE(at);
    if (length < fixed || at + length > body.length) break;
    const entry = body.subarray(at, at + length);
    const id = entry.readUInt32BE(4);
    groups.push({ id, raw: entry.toString('latin1'), read: () => readGroup(entry, version) });
    at += length;
  }
  return { groups, isWhole: at === body.length };
}

export interface GroupCounters {
  readonly id: number;
  readonly packets: number;
  readonly bytes: number;
}

export function readGroupCounters(body: Buffer): GroupCounters[] {
  const all: GroupCounters[] = [];
  let at = 0;
  while (at + 32 <= body.length) {
    const length = body.readUInt16BE(at);
    if (length < 32 || at + length > body.length) break;
    all.push({ id: body.readUInt32BE(at + 4), packets: counter(body, at + 16), bytes: counter(body, at + 24) });
    at += length;
  }
  return all;
}

function readGroup(entry: Buffer, version: number): Group {
  const type = groupTypes[entry.readUInt8(2)] ?? String(entry.readUInt8(2));
  const id = entry.readUInt32BE(4);
  if (version < 6) return { id, type, meta: undefined, buckets: readBuckets(entry.subarray(8), oldBucket(version)) };
  const end = 16 + entry.readUInt16BE(8);
  const buckets = readBuckets(entry.subarray(16, Math.min(end, entry.length)), newBucket(version));
  return { id, type, meta: metaOf(entry.subarray(Math.min(end, entry.length))), buckets };
}

function readBuckets(bytes: Buffer, read: (bucket: Buffer) => Bucket): Bucket[] {
  const buckets: Bucket[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = at + 8 <= bytes.length ? bytes.readUInt16BE(at) : 0;
    const isWhole = length >= 8 && at + length <= bytes.length;
    buckets.push(read(bytes.subarray(at, isWhole ? at + length : bytes.length)));
    if (!isWhole) break;
    at += length;
  }
  return buckets;
}

const oldBucket =
  (version: number) =>
  (bytes: Buffer): Bucket => ({
    weight: bytes.length >= 4 ? bytes.readUInt16BE(2) : 0,
    watchPort: bytes.length >= 8 ? bytes.readUInt32BE(4) : NONE,
    watchGroup: bytes.length >= 12 ? bytes.readUInt32BE(8) : NONE,
    id: undefined,
    actions: readActions(bytes.subarray(16), version),
  });

const newBucket =
  (version: number) =>
  (bytes: Buffer): Bucket => {
    const end = bytes.length >= 4 ? 8 + bytes.readUInt16BE(2) : bytes.length;
    const properties = new Map(readProperties(bytes.subarray(Math.min(end, bytes.length))));
    const word = (type: number) => {
      const body = properties.get(type);
      return body && body.length >= 4 ? body.readUInt32BE(0) : undefined;
    };
    return {
      // Behind its two bytes there is padding.
      weight: (word(0) ?? 0) >>> 16,
      watchPort: word(1) ?? NONE,
      watchGroup: word(2) ?? NONE,
      id: bytes.length >= 8 ? bytes.readUInt32BE(4) : undefined,
      actions: readActions(bytes.subarray(8, end), version),
    };
  };

/** Two bytes type, two bytes length (with these), padded to eight. */
function readProperties(bytes: Buffer): (readonly [number, Buffer])[] {
  const all: (readonly [number, Buffer])[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt16BE(at + 2);
    if (length < 4 || at + length > bytes.length) break;
    all.push([bytes.readUInt16BE(at), bytes.subarray(at + 4, at + length)]);
    at += roundUp8(length);
  }
  return all;
}

/** Experimenter, its type, padding, the method's name, a number, and fields (ovs-ofctl(8), "selection_method"). */
const [NETRONOME, METHOD_BYTES] = [0x154d, 16];

function metaOf(bytes: Buffer): string | undefined {
  const words: string[] = [];
  for (const [type, body] of readProperties(bytes)) {
    if (type !== 0xffff || body.length < 36 || body.readUInt32BE(0) !== NETRONOME) {
      words.push(`property(${type},0x${rawHex(body)})`);
      continue;
    }
    const method = cString(body.subarray(12, 12 + METHOD_BYTES));
    if (method !== '') words.push(`selection_method=${method}`);
    const parameter = whole(body.subarray(28, 36));
    if (parameter !== 0) words.push(`selection_method_param=${parameter}`);
    const [fields] = readOxms(body.subarray(36));
    const names = fields.map(({ field, header }) => field?.name ?? `oxm_${rawHex(header)}`);
    if (names.length > 0) words.push(`fields(${names.join(',')})`);
  }
  return words.length === 0 ? undefined : words.join(',');
}
