/**
 * The rules of one chain as they are told. A rule is known by what it says and not by its handle: who writes a whole
 * table anew (kube-proxy, firewalld) gives each rule another handle, and yet it is the same rule for whoever reads.
 */
import type { Change } from '../../graph/change.ts';
import type { Metadata } from '../../graph/element.ts';
import { uuidV5 } from '../../std/uuid.ts';
import { type Counted, countedIn } from './counts.ts';
import { ordersOf } from './order.ts';
import type { RawRule } from './ruleset.ts';
import { OWNED } from './vocabulary.ts';

/** What its text says, parsed once: in one table a handle never stands for two rules (nf_tables_alloc_handle()). */
export interface Known {
  readonly content: string;
  readonly counts: boolean;
}

export interface Telling {
  /** `isWhole`: false where it refers to a set that is not known yet, so that it says more another time. */
  readonly describe: (rule: RawRule) => { readonly metadata: Metadata; readonly isWhole: boolean };
  /** Of handles in the chain's table. */
  readonly known: Map<number, Known>;
  /** Awaited between rules. */
  readonly breathe: () => Promise<void> | undefined;
}

export class ToldRules {
  readonly #chain: string;
  /** By id, those that are told. */
  #orders: ReadonlyMap<string, number> = new Map();
  /** What an earlier run has left, and whether it is still there is not known yet. */
  #left: ReadonlyMap<string, number>;
  readonly #counted = new Map<string, number>();
  #handles: readonly number[] = [];

  constructor(chain: string, left: ReadonlyMap<string, number>) {
    this.#chain = chain;
    this.#left = left;
  }

  get size(): number {
    return this.#orders.size;
  }

  get hasCounters(): boolean {
    return this.#counted.size > 0;
  }

  *ids(): Iterable<string> {
    yield* this.#orders.keys();
    yield* this.#left.keys();
  }

  /** What is news in it. */
  async tell(rules: readonly RawRule[], { describe, known, breathe }: Telling): Promise<Change[]> {
    const changes: Change[] = [];
    const fresh = new Map<string, Metadata>();
    const ids: string[] = [];
    const counted: [string, Counted][] = [];
    const times = new Map<string, number>();
    for (const rule of rules) {
      await breathe();
      let found = known.get(rule.handle);
      let metadata: Metadata | undefined;
      if (found === undefined) {
        const described = describe(rule);
        metadata = described.metadata;
        const content = uuidV5([this.#chain, JSON.stringify(metadata)]);
        found = { content, counts: countedIn(rule.expressions) !== undefined };
        if (described.isWhole) known.set(rule.handle, found);
      }
      const nth = times.get(found.content) ?? 0;
      times.set(found.content, nth + 1);
      const id = nth === 0 ? found.content : uuidV5([found.content, `${nth}`]);
      ids.push(id);
      if (!this.#orders.has(id)) fresh.set(id, metadata ?? describe(rule).metadata);
      const counts = found.counts ? countedIn(rule.expressions) : undefined;
      if (counts) counted.push([id, counts]);
    }
    const before = this.#left.size > 0 ? this.#left : this.#orders;
    const orders = ordersOf(ids, before);
    for (const [at, id] of ids.entries()) {
      await breathe();
      const Order = orders[at] as number;
      const metadata = fresh.get(id);
      if (metadata) {
        changes.push({ kind: 'node', id, metadata: { ...metadata, Order }, owns: OWNED });
        changes.push({ kind: 'edge', parent: this.#chain, child: id, metadata: { RelationType: 'ownership' } });
      } else if (this.#orders.get(id) !== Order) changes.push({ kind: 'set', id, of: 'node', set: { Order } });
    }
    const now = new Map(ids.map((id, at) => [id, orders[at] as number]));
    for (const old of [this.#orders, this.#left])
      for (const id of old.keys()) if (!now.has(id)) changes.push(this.#forget(id));
    this.#orders = now;
    this.#left = new Map();
    const handles = rules.map(({ handle }) => handle);
    const still = new Set(handles);
    for (const handle of this.#handles) if (!still.has(handle)) known.delete(handle);
    this.#handles = handles;
    for (const [id, counts] of counted) {
      await breathe();
      this.#count(id, counts, changes);
    }
    return changes;
  }

  /** All of them are no more. */
  withdraw(): Change[] {
    const ids = new Set([...this.#orders.keys(), ...this.#left.keys()]);
    this.#orders = this.#left = new Map();
    return [...ids].map((id) => this.#forget(id));
  }

  #forget(id: string): Change {
    this.#counted.delete(id);
    return { kind: 'gone', id, of: 'node' };
  }

  #count(id: string, { packets, bytes }: Counted, changes: Change[]): void {
    if (this.#counted.get(id) === packets) return;
    this.#counted.set(id, packets);
    changes.push({ kind: 'counters', id, series: 'Metric', total: { RxPackets: packets, RxBytes: bytes } });
  }
}
