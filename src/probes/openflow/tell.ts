/** Rules and groups of one bridge: what is known of them, and what of it is news to the graph. */
import type { Change, GraphWriter } from '../../graph/change.ts';
import type { GraphNode, Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { GroupCounters, RawGroup } from '../../openflow/groups.ts';
import type { RuleEvent } from '../../openflow/monitor.ts';
import type { RawRule, Rule } from '../../openflow/rule.ts';
import { describeGroup, describeRule, groupId, ruleId } from './describe.ts';
import { OWNED } from './vocabulary.ts';

export interface TellerParts {
  readonly bridge: GraphNode;
  readonly graph: GraphWriter;
  readonly view: () => GraphView;
  /** How many rules and groups of a bridge are shown; others are counted. */
  readonly thingsMax: number;
  readonly count: (name: string, by?: number) => void;
}

/** So many rules are read in a few ms. Where there are more, one is shown as it was told, and its flags later. */
const READ_AT_ONCE_MAX = 2_000;
const AWAITED_MAX = 1_000;

interface Known {
  /** As it last was in an answer: what is the same byte for byte need not be read again. */
  raw: string | undefined;
  packets: number;
  bytes: number;
  /** The reading it was last seen in. */
  seen: number;
  readonly kind: 'ofrule' | 'ofgroup';
  /** Flags and importance: what the monitor does not tell. */
  flags: number;
  importance: number;
}

export class Teller {
  readonly #parts: TellerParts;
  readonly #known = new Map<string, Known>();
  /** Rules of which not all was told, until they are read; `since`: the reading that went before. */
  readonly #awaited = new Map<string, { readonly rule: Rule; readonly since: number }>();
  /** The same bytes are the same thing. */
  readonly #byRaw = new Map<string, string>();
  /** What an earlier run, or an earlier connection, has left. */
  readonly #left: Set<string>;
  #reading = 0;
  #leftOut = 0;
  #names: ReadonlyMap<number, string> = new Map();

  constructor(parts: TellerParts) {
    this.#parts = parts;
    this.#left = new Set(leftOf(parts.bridge, parts.view()));
  }

  /** How many were left out of the last reading. */
  get leftOut(): number {
    return this.#leftOut;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Names of tables. Those that are known already are said anew. */
  set names(names: ReadonlyMap<number, string>) {
    if (JSON.stringify([...names]) === JSON.stringify([...this.#names])) return;
    this.#names = names;
    this.#byRaw.clear();
  }

  /** A whole picture begins: what is not seen until it ends is gone. */
  begin(): void {
    this.#reading++;
    this.#leftOut = 0;
  }

  rules(rules: readonly RawRule[]): void {
    this.#say(rules.flatMap((raw) => this.#raw(raw)));
  }

  groups(groups: readonly RawGroup[]): void {
    this.#say(
      groups.flatMap((group) => {
        const id = groupId(this.#parts.bridge.id, group.id);
        const known = this.#known.get(id);
        if (known) known.seen = this.#reading;
        if (known?.raw === group.raw) return [];
        const changes = this.#node(id, 'ofgroup', describeGroup(group.read()));
        const now = this.#known.get(id);
        if (now) now.raw = group.raw;
        return changes;
      }),
    );
  }

  groupCounters(all: readonly GroupCounters[]): void {
    this.#say(
      all.flatMap(({ id: number, packets, bytes }) => {
        const id = groupId(this.#parts.bridge.id, number);
        const known = this.#known.get(id);
        return known ? this.#counted(id, known, packets, bytes) : [];
      }),
    );
  }

  /** The picture of one kind is whole. */
  end(kind: 'ofrule' | 'ofgroup'): void {
    const gone: Change[] = [];
    for (const [id, known] of this.#known)
      if (known.kind === kind && known.seen !== this.#reading) gone.push(...this.#forget(id));
    for (const [id, { since }] of this.#awaited) if (since < this.#reading) this.#awaited.delete(id);
    for (const id of this.#left) {
      const [node] = this.#parts.view().nodes(id);
      if (node?.metadata.Type !== kind) continue;
      this.#left.delete(id);
      if (!this.#known.has(id)) gone.push({ kind: 'gone', id, of: 'node' });
    }
    this.#say(gone);
  }

  /** Whether all was told in full. What was not is told by the next reading. */
  events(events: readonly RuleEvent[]): boolean {
    let isClear = true;
    this.#say(
      events.flatMap((event) => {
        if (event.kind === 'unclear') isClear = false;
        if (event.kind === 'gone') return this.#gone(event.rule);
        if (event.kind !== 'there') return [];
        const id = ruleId(this.#parts.bridge.id, event.rule);
        if (this.#mayWait(event, id)) {
          isClear = false;
          if (!this.#known.has(id)) this.#awaited.set(id, { rule: event.rule, since: this.#reading });
          return [];
        }
        return this.#there(event.rule, id);
      }),
    );
    return isClear;
  }

  /** What is said before all is known of it has to be said twice. */
  #mayWait({ lacks }: Extract<RuleEvent, { kind: 'there' }>, id: string): boolean {
    if (lacks === 'actions') return true;
    const isFew = this.#known.size <= READ_AT_ONCE_MAX && this.#awaited.size < AWAITED_MAX;
    return lacks === 'flags' && isFew && !this.#known.has(id);
  }

  /** All of it is no more. */
  withdraw(): void {
    const ids = new Set([...this.#known.keys(), ...this.#left]);
    this.#known.clear();
    this.#awaited.clear();
    this.#byRaw.clear();
    this.#left.clear();
    this.#say([...ids].map((id) => ({ kind: 'gone', id, of: 'node' })));
  }

  #raw(raw: RawRule): Change[] {
    const id = this.#byRaw.get(raw.raw);
    const known = id === undefined ? undefined : this.#known.get(id);
    if (id !== undefined && known) {
      known.seen = this.#reading;
      return this.#counted(id, known, raw.packets, raw.bytes);
    }
    const rule = raw.read();
    const own = ruleId(this.#parts.bridge.id, rule);
    const changes = this.#node(own, 'ofrule', this.#described(rule, own));
    const now = this.#known.get(own);
    if (!now) return [];
    if (now.raw !== undefined) this.#byRaw.delete(now.raw);
    [now.raw, now.flags, now.importance] = [raw.raw, rule.flags, rule.importance];
    this.#byRaw.set(raw.raw, own);
    return [...changes, ...this.#counted(own, now, raw.packets, raw.bytes)];
  }

  #gone(rule: Rule): Change[] {
    const id = ruleId(this.#parts.bridge.id, rule);
    if (this.#known.has(id)) return this.#forget(id);
    // It was there, if only for a moment.
    const awaited = this.#awaited.get(id);
    if (!awaited) return [];
    const told = this.#there(awaited.rule, id);
    return this.#known.has(id) ? [...told, ...this.#forget(id)] : told;
  }

  #there(rule: Rule, id: string): Change[] {
    const known = this.#known.get(id);
    const whole = known ? { ...rule, flags: known.flags, importance: known.importance } : rule;
    return this.#node(id, 'ofrule', this.#described(whole, id));
  }

  #described(rule: Rule, id: string): Metadata {
    return describeRule(rule, id, this.#names.get(rule.table));
  }

  #node(id: string, kind: Known['kind'], metadata: Metadata): Change[] {
    this.#awaited.delete(id);
    const { bridge, thingsMax, count } = this.#parts;
    const known = this.#known.get(id);
    const node: Change = { kind: 'node', id, metadata, owns: OWNED };
    if (known) {
      known.seen = this.#reading;
      return [node];
    }
    if (this.#known.size >= thingsMax) {
      this.#leftOut++;
      count('leftOut');
      return [];
    }
    const fresh = { raw: undefined, packets: -1, bytes: -1, seen: this.#reading, flags: 0, importance: 0 };
    this.#known.set(id, { ...fresh, kind });
    return [node, { kind: 'edge', parent: bridge.id, child: id, metadata: { RelationType: 'ownership' } }];
  }

  #counted(id: string, known: Known, packets: number, bytes: number): Change[] {
    if (known.packets === packets && known.bytes === bytes) return [];
    [known.packets, known.bytes] = [packets, bytes];
    return [{ kind: 'counters', id, series: 'Metric', total: { RxPackets: packets, RxBytes: bytes } }];
  }

  #forget(id: string): Change[] {
    const raw = this.#known.get(id)?.raw;
    if (raw !== undefined) this.#byRaw.delete(raw);
    this.#known.delete(id);
    return [{ kind: 'gone', id, of: 'node' }];
  }

  #say(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const { refused } = this.#parts.graph.apply(changes);
    if (refused.length > 0) this.#parts.count('refused', refused.length);
  }
}

/** Ours that hang on the bridge. */
function* leftOf(bridge: GraphNode, view: GraphView): Iterable<string> {
  for (const edge of view.out(bridge))
    for (const { id, origin, metadata } of view.children(edge))
      if (origin === bridge.origin && (metadata.Type === 'ofrule' || metadata.Type === 'ofgroup')) yield id;
}
