/** Connection tracking and its translation of addresses (ovs-actions(7), "ct" and "nat"). */
import { ip4, ip6, whole } from './bytes.ts';
import type { Nested } from './nicira.ts';
import { type FieldName, readHeader } from './oxm.ts';
import { action, type Json, type Said } from './said.ts';
import { offsetAndBits, subfieldText, typeOf } from './subfield.ts';

const algorithms: Readonly<Record<number, string>> = { 21: 'ftp', 69: 'tftp' };
const [COMMIT, FORCE] = [1, 2];

export function readCt(bytes: Buffer, nested: Nested): Said {
  const flags = bytes.readUInt16BE(10);
  const source = bytes.readUInt32BE(12) === 0 ? undefined : readHeader(bytes, 12);
  const Value = bytes.readUInt16BE(16);
  const RecircTable = bytes.readUInt8(18);
  const Alg = bytes.readUInt16BE(22);
  const inner = nested(bytes.subarray(24));
  const nats = inner.filter(({ word }) => word.Type === 'nx_nat');
  const execs = inner.filter(({ word }) => word.Type !== 'nx_nat');
  const words = [
    ...(flags & COMMIT ? ['commit'] : []),
    ...(flags & FORCE ? ['force'] : []),
    ...(RecircTable === 255 ? [] : [`table=${RecircTable}`]),
    ...zone(source, Value),
    ...nats.map(({ text }) => text),
    ...(execs.length > 0 ? [`exec(${execs.map(({ text }) => text).join(',')})`] : []),
    ...(Alg === 0 ? [] : [`alg=${algorithms[Alg] ?? Alg}`]),
  ];
  return action('nx_ct', `ct(${words.join(',')})`, {
    ...{ Alg, RecircTable, Value, ZoneSrc: source ? typeOf(source) : '' },
    Flags: { ...(flags & COMMIT && { Commit: true }), ...(flags & FORCE && { Force: true }) },
    Actions: inner.map(({ word }) => word),
  });
}

function zone(source: FieldName | undefined, value: number): string[] {
  if (source) return [`zone=${subfieldText(source, ...offsetAndBits(value))}`];
  return value === 0 ? [] : [`zone=${value}`];
}

/** In this order, each only when its bit is set. */
const parts = [
  ['Ipv4Min', 4],
  ['Ipv4Max', 4],
  ['Ipv6Min', 16],
  ['Ipv6Max', 16],
  ['ProtoMin', 2],
  ['ProtoMax', 2],
] as const;
const [SRC, DST] = [1, 2];
const ways = [
  [4, 'persistent'],
  [8, 'hash'],
  [16, 'random'],
] as const;

export function readNat(bytes: Buffer): Said | undefined {
  const Flags = bytes.readUInt16BE(12);
  const present = bytes.readUInt16BE(14);
  const given: Record<string, Json> = { Ipv4Min: '', Ipv4Max: '', Ipv6Min: '', Ipv6Max: '', ProtoMin: 0, ProtoMax: 0 };
  const RangePresent: Record<string, true> = {};
  let at = 16;
  for (const [i, [name, size]] of parts.entries()) {
    if (!(present & (1 << i))) continue;
    if (at + size > bytes.length) return undefined;
    const value = bytes.subarray(at, at + size);
    given[name] = size === 4 ? ip4(value) : size === 16 ? ip6(value) : whole(value);
    RangePresent[name] = true;
    at += size;
  }
  const text = natText(Flags, given, RangePresent);
  return action('nx_nat', text, { Flags, ...given, RangePresent });
}

function natText(
  flags: number,
  given: Readonly<Record<string, Json>>,
  present: Readonly<Record<string, true>>,
): string {
  const side = flags & SRC ? 'src' : flags & DST ? 'dst' : undefined;
  if (side === undefined) return 'nat';
  const isSix = present.Ipv6Min === true;
  const family = isSix ? 'Ipv6' : 'Ipv4';
  const wrapped = (address: Json | undefined) => (isSix && present.ProtoMin ? `[${address}]` : `${address}`);
  const last = present[`${family}Max`] ? `-${wrapped(given[`${family}Max`])}` : '';
  const addresses = present[`${family}Min`] ? `${wrapped(given[`${family}Min`])}${last}` : '';
  const ports = present.ProtoMin ? `:${given.ProtoMin}${present.ProtoMax ? `-${given.ProtoMax}` : ''}` : '';
  const range = `${addresses}${ports}`;
  const words = [
    range === '' ? side : `${side}=${range}`,
    ...ways.filter(([bit]) => flags & bit).map(([, name]) => name),
  ];
  return `nat(${words.join(',')})`;
}
