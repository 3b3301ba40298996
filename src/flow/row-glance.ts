/** A glance at a row that rules most of them out, where a condition names its values: no text is made for those. */
import { ipv4Text } from './address.ts';
import { canonicalField } from './fields.ts';
import { row as r } from './row.ts';
import type { FlowStore } from './store.ts';
import type { FlowTest } from './view.ts';

/** False only for rows that do not pass the test; undefined where a glance tells nothing. */
export function glance(store: FlowStore, { field, equals }: FlowTest): ((row: number) => boolean) | undefined {
  if (!equals) return undefined;
  const { rows } = store;
  const name = canonicalField(field);
  if (name === 'Network' || name === 'Network.A' || name === 'Network.B') {
    const words = new Set(equals.map(ipv4Word));
    if (words.has(undefined)) return undefined;
    return (row) => store.family(row) === 4 && (words.has(rows.get(row, r.lo)) || words.has(rows.get(row, r.hi)));
  }
  if (name === 'Transport' || name === 'Transport.A' || name === 'Transport.B') {
    const ports = new Set(equals);
    return (row) => {
      const both = rows.get(row, r.ports);
      return ports.has(both & 0xffff) || ports.has(both >>> 16);
    };
  }
  return undefined;
}

function ipv4Word(text: string | number | boolean): number | undefined {
  const word = String(text)
    .split('.')
    .reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return ipv4Text(word) === text ? word : undefined;
}
