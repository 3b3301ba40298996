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
