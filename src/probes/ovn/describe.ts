/** Rows of the northbound database as metadata. */
import type { Metadata, Value } from '../../graph/element.ts';
import type { Row } from '../../ovsdb/row.ts';
import type { ColumnValue } from '../../ovsdb/value.ts';
import type { OvnTable } from './tables.ts';

export function describe(row: Row, { type, named, columns }: OvnTable): Metadata {
  const known = columns.flatMap((column) => {
    const value = shown(row.columns.get(column));
    return value === undefined ? [] : [[keyOf(column), value] as const];
  });
  const ids = shown(row.columns.get('external_ids'));
  // Skydive has them here.
  if (ids !== undefined) known.push(['ExternalIDs', ids]);
  const up = row.columns.get('up');
  return {
    Name: named.map((column) => row.text(column)).find((text) => text !== undefined) ?? row.uuid,
    Type: type,
    UUID: row.uuid,
    Manager: 'ovn',
    ...(typeof up === 'boolean' && { State: up ? 'UP' : 'DOWN' }),
    ...(ids !== undefined && { ExtID: ids }),
    ...(known.length > 0 && { OVN: Object.fromEntries(known) }),
  };
}

/** dhcpv4_options: Dhcpv4Options; external_ip: ExternalIP, as Skydive writes it. */
export function keyOf(column: string): string {
  return column
    .split('_')
    .map((word) => SHORT.get(word) ?? word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

const SHORT: ReadonlyMap<string, string> = new Map(
  ['ACL', 'DNS', 'ID', 'IP', 'MAC', 'QOS', 'SSL'].flatMap((short) => [
    [short.toLowerCase(), short],
    [`${short.toLowerCase()}s`, `${short}s`],
  ]),
);

/** What is empty is as if it were not there. */
function shown(value: ColumnValue): Value | undefined {
  if (value === undefined || value === '') return undefined;
  if (value instanceof Map) {
    const pairs = [...value].filter(([key]) => !SECRET.test(key)).sort(([a], [b]) => (a < b ? -1 : 1));
    return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
  }
  if (!Array.isArray(value)) return value as Value;
  // The members of a set have no order, and shall not seem to change.
  return value.length > 0 ? value.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)) : undefined;
}

/** Whoever manages the network may keep anything under any name: what sounds like a secret is left out. */
const SECRET = /passw|passphrase|secret|token|credential|private|psk|auth|(^|[-_.])key$/i;
