/** Counters of an interface (ovs-vswitchd.conf.db(5), Interface, statistics), by the names that Skydive has for them. */
import type { Atom } from '../../ovsdb/value.ts';

/** A switch may count what it likes. */
const COUNTERS_MAX = 200;

export function counterTotals(statistics: ReadonlyMap<string, Atom>): Record<string, number> {
  const totals: Record<string, number> = {};
  let left = COUNTERS_MAX;
  for (const [name, value] of statistics) {
    // What is not counted is left out, or is -1.
    if (typeof value !== 'number' || value < 0 || left-- <= 0) continue;
    totals[counterName(name)] = value;
  }
  return totals;
}

/** rx_crc_err → RxCrcErrors */
function counterName(name: string): string {
  const words = name.replace(/_err$/, '_errors').split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
