/** What a flow travels in: the outer flow at the same place. */
import { row as r, rareRow } from './row.ts';
import type { RowList } from './row-list.ts';
import type { FlowStore } from './store.ts';
import { hex64 } from './xxhash64.ts';

export function parentUuid(store: FlowStore, row: number): string {
  const rare = store.rows.get(row, r.rare);
  if (rare === 0) return '';
  const [keyLow, keyHigh] = [store.rare.get(rare, rareRow.parentKey), store.rare.get(rare, rareRow.parentKey + 1)];
  if (keyLow === 0 && keyHigh === 0) return '';
  if (store.rare.get(rare, rareRow.parentUuid) === 0 && store.rare.get(rare, rareRow.parentUuid + 1) === 0) {
    // The tunnel is told before what is in it, as a rule; once found it is remembered, also when it has ended.
    const parent = store.find(store.source(row), keyHigh, keyLow);
    if (parent === 0) return '';
    store.rare.set(rare, rareRow.parentUuid, store.rows.get(parent, r.uuid));
    store.rare.set(rare, rareRow.parentUuid + 1, store.rows.get(parent, r.uuid + 1));
  }
  return hex64(store.rare.get(rare, rareRow.parentUuid + 1), store.rare.get(rare, rareRow.parentUuid));
}

/** Before flows end, in whatever order: what travels in a tunnel would not find one that is no more. */
export function findTunnels(store: FlowStore, flows: RowList): void {
  for (let row = flows.first; row !== 0; row = flows.after(row)) parentUuid(store, row);
}
