/** What is in the graph of one namespace's rules, and what of a reading is news. */
import type { Change } from '../../graph/change.ts';
import type { GraphNode, Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { Breath } from './breath.ts';
import { type Place, placeKey, SET_FLAG } from './nftnetlink.ts';
import type { Reading } from './reading.ts';
import { type Known, ToldRules } from './rules.ts';
import type { RawRule, RawSet, RawTable } from './ruleset.ts';
import { KEY, OWNED } from './vocabulary.ts';

export class Teller {
  readonly #namespace: string;
  /** Chains and sets that are told: their metadata as text. */
  readonly #texts = new Map<string, string>();
  /** By id of their chain. */
  readonly #rules = new Map<string, ToldRules>();
  /** What rules say, by table and handle. */
  readonly #known = new Map<string, Map<number, Known>>();
  #said = '';
  #isWithdrawn = false;

  /** What an earlier run has left is taken over, so that what is gone since then is taken back. */
  constructor(namespace: string, view: GraphView) {
    this.#namespace = namespace;
    for (const { id, rules } of leftOf(namespace, view)) {
      this.#texts.set(id, '');
      if (rules.size > 0) this.#rules.set(id, new ToldRules(id, rules));
    }
  }

  /** Whether any rule counts: then it is read now and then. */
  get hasCounters(): boolean {
    return [...this.#rules.values()].some((rules) => rules.hasCounters);
  }

  /** Rules that are told. */
  get size(): number {
    let size = 0;
    for (const rules of this.#rules.values()) size += rules.size;
    return size;
  }

  /** What has changed since the last reading. Gives way while it works; undefined: all was withdrawn meanwhile. */
  async tell(reading: Reading, legacy: readonly string[]): Promise<Change[] | undefined> {
    const { tables, chains, sets, leftOut } = reading;
    const changes: Change[] = [];
    this.#forgetTables(tables);
    const seen = new Set<string>();
    if (chains.length + sets.length > 0) await this.#tellAll(reading, seen, changes);
    if (this.#isWithdrawn) return undefined;
    for (const id of this.#texts.keys()) if (!seen.has(id)) changes.push(...this.#forget(id));
    this.#summarize(
      {
        ...{
          Tables: tables.length,
          Chains: chains.length,
          Rules: this.size + leftOut,
          Sets: sets.filter(isNamed).length,
        },
        ...(leftOut > 0 && { LeftOut: leftOut }),
        ...(legacy.length > 0 && { Legacy: [...legacy] }),
      },
      changes,
    );
    return changes;
  }

  /** `seen`: ids of the chains and sets that there are. */
  async #tellAll({ tables, chains, sets, ...reading }: Reading, seen: Set<string>, changes: Change[]): Promise<void> {
    // Many namespaces have no rule: what reads them is loaded with the first.
    const [words, { readRule }] = await Promise.all([import('./describe.ts'), import('./read-rule.ts')]);
    const { chainId, describeChain, describeRule, describeSet, familyName, setId } = words;
    const namespace = this.#namespace;
    const breath = new Breath();
    const byTable = new Map(tables.map((table) => [tableKey(table.family, table.name), table]));
    for (const chain of chains) {
      await breath.take();
      const id = chainId(namespace, chain);
      seen.add(id);
      this.#say(id, describeChain(chain, byTable.get(tableKey(chain.family, chain.table))), changes);
    }
    for (const set of sets.filter(isNamed)) {
      await breath.take();
      const id = setId(namespace, set);
      seen.add(id);
      this.#say(id, describeSet(set), changes);
    }
    const byName = new Map(sets.map((set) => [placeKey(set), set]));
    const describe = (rule: RawRule): { metadata: Metadata; isWhole: boolean } => {
      let isWhole = true;
      const set = (name: string): RawSet | undefined => {
        const found = byName.get(placeKey({ ...rule, name }));
        isWhole &&= found !== undefined;
        return found;
      };
      const metadata = describeRule(rule, readRule(rule.expressions, { family: familyName(rule.family), set }));
      return { metadata, isWhole };
    };
    for (const place of reading.touched ?? chains) {
      const id = chainId(namespace, place);
      if (!seen.has(id)) continue;
      const rules = this.#rules.get(id) ?? new ToldRules(id, new Map());
      this.#rules.set(id, rules);
      const known = this.#knownOf(place, byTable.get(tableKey(place.family, place.table)));
      const all = reading.rules.get(placeKey(place)) ?? [];
      for (const change of await rules.tell(all, { describe, known, breathe: () => breath.take() }))
        changes.push(change);
    }
  }

  /** Of all that is told, and of what an earlier run has left. */
  *ids(): Iterable<string> {
    yield* this.#texts.keys();
    for (const rules of this.#rules.values()) yield* rules.ids();
  }

  /** All of it is no more, and nothing is told any more. */
  withdraw(): Change[] {
    this.#isWithdrawn = true;
    return [...this.#texts.keys()].flatMap((id) => this.#forget(id));
  }

  #say(id: string, metadata: Metadata, changes: Change[]): void {
    const text = JSON.stringify(metadata);
    const before = this.#texts.get(id);
    if (before === text) return;
    this.#texts.set(id, text);
    changes.push({ kind: 'node', id, metadata, owns: OWNED });
    if (before === undefined || before === '')
      changes.push({ kind: 'edge', parent: this.#namespace, child: id, metadata: { RelationType: 'ownership' } });
  }

  #forget(id: string): Change[] {
    this.#texts.delete(id);
    const rules = this.#rules.get(id)?.withdraw() ?? [];
    this.#rules.delete(id);
    return [...rules, { kind: 'gone', id, of: 'node' }];
  }

  /** A table that is made anew numbers its rules from the beginning. */
  #knownOf(place: Place, table: RawTable | undefined): Map<number, Known> {
    const key = knownKey(place.family, place.table, table?.handle ?? 0);
    const known = this.#known.get(key) ?? new Map<number, Known>();
    this.#known.set(key, known);
    return known;
  }

  #forgetTables(tables: readonly RawTable[]): void {
    const still = new Set(tables.map(({ family, name, handle }) => knownKey(family, name, handle)));
    for (const key of this.#known.keys()) if (!still.has(key)) this.#known.delete(key);
  }

  #summarize(facts: Metadata, changes: Change[]): void {
    const text = JSON.stringify(facts);
    if (text === this.#said) return;
    this.#said = text;
    changes.push({ kind: 'set', id: this.#namespace, of: 'node', set: { [KEY]: facts } });
  }
}

function isNamed({ flags }: RawSet): boolean {
  return (flags & SET_FLAG.anonymous) === 0;
}

function tableKey(family: number, table: string): string {
  return `${family}\0${table}`;
}

function knownKey(family: number, table: string, handle: number): string {
  return `${tableKey(family, table)}\0${handle}`;
}

/** Ours that hang on the namespace: chains with their rules in order, and sets. */
function* leftOf(namespace: string, view: GraphView): Iterable<{ id: string; rules: ReadonlyMap<string, number> }> {
  const [node] = view.nodes(namespace);
  if (!node) return;
  for (const owned of ownedBy(node, view)) {
    const { Type } = owned.metadata;
    const rules = new Map<string, number>();
    if (Type !== 'nftset' && Type !== 'nftchain') continue;
    if (Type === 'nftchain')
      for (const { id, metadata } of ownedBy(owned, view))
        if (metadata.Type === 'nftrule')
          rules.set(id, typeof metadata.Order === 'number' ? metadata.Order : Number.NaN);
    yield { id: owned.id, rules };
  }
}

function* ownedBy(node: GraphNode, view: GraphView): Iterable<GraphNode> {
  for (const edge of view.out(node))
    if (edge.metadata.RelationType === 'ownership')
      for (const child of view.children(edge)) if (child.origin === node.origin) yield child;
}
