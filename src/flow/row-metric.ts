/** The counters of a row: in all, of its last update, and since. */
import type { FlowMetric } from './flow.ts';
import { row as r, rareRow, state, tcpRow, updateRow } from './row.ts';
import { isHiStarted, rareValue } from './row-values.ts';
import type { FlowStore } from './store.ts';

export function totals(store: FlowStore, row: number): FlowMetric {
  const { rows } = store;
  return metric(store, row, {
    value: (counter) => rows.float(row, r.loPacketsF + counter),
    start: rows.float(row, r.startF),
    last: rows.float(row, r.lastF),
  });
}

/** What the last update added; undefined before the first. */
export function lastUpdate(store: FlowStore, row: number): FlowMetric | undefined {
  if ((store.state(row) & state.updated) === 0) return undefined;
  const at = store.rows.get(row, r.update);
  if (at === 0) return totals(store, row);
  return metric(store, row, {
    value: (counter) => store.updates.float(at, updateRow.deltaF + counter),
    start: store.updates.float(at, updateRow.deltaStartF),
    last: store.updates.float(at, updateRow.deltaLastF),
  });
}

/** What was added since; undefined when nothing was. */
export function pending(store: FlowStore, row: number): FlowMetric | undefined {
  if ((store.state(row) & state.changed) === 0) return undefined;
  const at = store.rows.get(row, r.update);
  if (at === 0) return totals(store, row);
  return metric(store, row, {
    value: (counter) => store.rows.float(row, counter) - store.updates.float(at, updateRow.toldF + counter),
    start: store.updates.float(at, updateRow.pendingStartF),
    last: store.rows.float(row, r.lastF),
  });
}

/** ns; 0 for not seen. */
export function rttOf(store: FlowStore, row: number): number {
  const tcp = store.rows.get(row, r.tcp);
  return (tcp !== 0 && store.tcp.get(tcp, tcpRow.rttNs)) || rareValue(store, row, rareRow.rttNs);
}

function metric(
  store: FlowStore,
  row: number,
  { value, start, last }: { value: (counter: number) => number; start: number; last: number },
): FlowMetric {
  const isTurned = isHiStarted(store, row);
  const [a, b] = isTurned ? [2, 0] : [0, 2];
  const times = { Start: Math.floor(start), Last: Math.floor(last) };
  const counts = { ABPackets: value(a), ABBytes: value(a + 1), BAPackets: value(b), BABytes: value(b + 1), ...times };
  const rttNs = rttOf(store, row);
  return rttNs === 0 ? counts : { ...counts, RTT: rttNs };
}
