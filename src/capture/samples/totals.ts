/** The counters that agents sent, summed over all that they are counters of. */
import { Bounded } from '../datagrams/bounded.ts';

/** Interfaces of all agents that are remembered. */
export const sourcesMax = 4_096;

export class Totals {
  readonly #sum: Record<string, number> = {};
  readonly #latest = new Bounded<string, { counters: Readonly<Record<string, number>> }>(sourcesMax);

  /** What each counter grew by since that source last told is added: a source that began anew takes nothing away. */
  add(source: string, counters: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    const known = this.#latest.get(source, () => ({ counters: {} }));
    for (const [name, value] of Object.entries(counters)) {
      const before = known.counters[name] ?? 0;
      this.#sum[name] = (this.#sum[name] ?? 0) + (value >= before ? value - before : value);
    }
    known.counters = { ...known.counters, ...counters };
    return { ...this.#sum };
  }
}
