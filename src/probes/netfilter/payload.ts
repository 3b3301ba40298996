/** Which fields of which header bytes of a packet are. */
import { FIELDS, type Field } from './keys.ts';
import type { Loaded } from './registers.ts';

/** enum nft_payload_bases. */
export const BASE = { link: 0, network: 1, transport: 2 } as const;

/** `header`: the protocol that is known to be there; '' where none is. */
export function payloadLoaded(base: number, at: number, size: number, header: string): Loaded {
  const fields = fieldsAt(FIELDS[header] ?? [], at, size);
  const from = { base, at, header };
  const [first] = fields;
  if (first === undefined) return { key: rawKey(base, at, size), type: 'integer', size, from };
  const loaded = fields.map(([name, , , type], place) => ({
    ...{ key: `${header} ${name}`, type, from },
    size: place === fields.length - 1 ? at + size - (fields[place]?.[1] ?? 0) : (fields[place]?.[2] ?? 0),
  }));
  return loaded.length === 1
    ? (loaded[0] as Loaded)
    : { key: loaded[0]?.key ?? '', type: 'integer', size, from, fields: loaded };
}

/** The one that begins there, of which less may be asked for, or several that fill it without a gap. */
function fieldsAt(fields: readonly Field[], at: number, size: number): Field[] {
  const found: Field[] = [];
  for (let next = at; next < at + size; ) {
    const field = fields.find(([, from]) => from === next);
    if (field === undefined) return [];
    found.push(field);
    next += field[2];
    // Of an address a prefix of whole bytes.
    if (next > at + size && !/^ipv[46]$/.test(field[3])) return [];
  }
  return found;
}

function rawKey(base: number, at: number, size: number): string {
  return `@${['ll', 'nh', 'th', 'ih'][base] ?? base},${at * 8},${size * 8}`;
}

/** A header of IPv6 that may be there, or an option of TCP (enum nft_exthdr_op), as a whole or a field of it. */
export function optionKey(its: {
  readonly op: number;
  readonly type: number;
  readonly at: number;
  readonly isPresent: boolean;
}): string {
  const { op, type, at, isPresent } = its;
  const [names, before] =
    op === 1 ? [TCP_OPTIONS, 'tcp option'] : op === 0 ? [HEADERS, 'exthdr'] : [{}, `exthdr ${op}`];
  const [name = `${type}`, fields = {}] = (names as Options)[type] ?? [];
  return isPresent ? `${before} ${name}` : `${before} ${name} ${fields[at] ?? at}`;
}

type Options = Readonly<Record<number, readonly [name: string, fields?: Readonly<Record<number, string>>]>>;

/** By kind (IANA, TCP parameters), and what lies how many bytes behind its beginning. */
const TCP_OPTIONS: Options = {
  2: ['maxseg', { 1: 'length', 2: 'size' }],
  3: ['window', { 1: 'length', 2: 'count' }],
  4: ['sack-perm', { 1: 'length' }],
  5: ['sack', { 1: 'length' }],
  8: ['timestamp', { 1: 'length', 2: 'tsval', 6: 'tsecr' }],
  30: ['mptcp', { 1: 'length' }],
};

const HEADERS: Options = { 0: ['hbh'], 43: ['rt'], 44: ['frag'], 60: ['dst'], 135: ['mh'] };
