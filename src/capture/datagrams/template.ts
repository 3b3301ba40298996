/** Templates of NetFlow v9 (RFC 3954 §5) and IPFIX (RFC 7011 §3.4): which fields a record has, in which order. */
import type { ByteReader } from '../../flow/application/byte-reader.ts';

export interface Template {
  readonly id: number;
  readonly fields: readonly Field[];
  /** The first so many fields say what an options record is about; undefined: records are flows. */
  readonly scopes: number | undefined;
  /** No record is shorter. */
  readonly bytesMin: number;
}

export interface Field {
  readonly id: number;
  readonly length: number;
  /** What the other direction sent (RFC 5103); `foreign`: an enterprise's own, whose numbers say nothing to us. */
  readonly kind: 'forward' | 'reverse' | 'foreign';
}

export type Said =
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'withdrawn'; readonly id: number };

export const variableLength = 0xffff;
const reversePen = 29_305;
const fieldsMax = 512;
const templateIdMin = 256;

export const setIds = {
  9: { templates: 0, options: 1 },
  10: { templates: 2, options: 3 },
} as const;

/** All that is sound in one set of templates. What follows something unsound cannot be found. */
export function* templatesIn(set: ByteReader, version: 9 | 10, isOptions: boolean): Generator<Said> {
  while (set.left >= 4) {
    const said = isOptions ? (version === 9 ? options9(set) : options10(set)) : plain(set, version);
    if (!said || set.isCut) return;
    yield said;
  }
}

function plain(set: ByteReader, version: 9 | 10): Said | undefined {
  const [id, count] = [set.u16(), set.u16()];
  if (version === 10 && count === 0) return { kind: 'withdrawn', id };
  return template(set, { id, count, version, scopes: undefined });
}

/** The lengths are in bytes, and each field has four of them. */
function options9(set: ByteReader): Said | undefined {
  const [id, scopeBytes, optionBytes] = [set.u16(), set.u16(), set.u16()];
  return template(set, { id, count: (scopeBytes + optionBytes) >> 2, version: 9, scopes: scopeBytes >> 2 });
}

function options10(set: ByteReader): Said | undefined {
  const [id, count] = [set.u16(), set.u16()];
  if (count === 0) return { kind: 'withdrawn', id };
  return template(set, { id, count, version: 10, scopes: set.u16() });
}

function template(
  set: ByteReader,
  { id, count, version, scopes }: { id: number; count: number; version: 9 | 10; scopes: number | undefined },
): Said | undefined {
  if (id < templateIdMin || count === 0 || count > fieldsMax || set.left < count * 4) return undefined;
  const fields = Array.from({ length: count }, () => field(set, version));
  const bytesMin = fields.reduce((sum, { length }) => sum + (length === variableLength ? 1 : length), 0);
  // A record without bytes would be in a set for ever.
  return bytesMin === 0 ? undefined : { kind: 'template', template: { id, fields, scopes, bytesMin } };
}

function field(set: ByteReader, version: 9 | 10): Field {
  const [id, length] = [set.u16(), set.u16()];
  if (version === 9 || (id & 0x8000) === 0)
    return { id, length: version === 9 && length === variableLength ? 0 : length, kind: 'forward' };
  return { id: id & 0x7fff, length, kind: set.u32() === reversePen ? 'reverse' : 'foreign' };
}
