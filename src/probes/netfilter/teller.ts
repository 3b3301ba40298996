/** What is in the graph of one namespace's rules, and what of a reading is news. */
import type { Change } from '../../graph/change.ts';
import type { GraphNode, Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { chainId, describeChain, describeRule, describeSet, familyName, ruleId, setId } from './describe.ts';
import { SET_FLAG } from './nftnetlink.ts';
import { readRule } from './read-rule.ts';
import type { Reading } from './reading.ts';
import type { RawSet } from './ruleset.ts';
import { KEY, OWNED } from './vocabulary.ts';

export class Teller {
  readonly #namespace: string;
  /** What is told: its metadata as text. */
  readonly #known = new Map<string, string>();
  readonly #counted = new Map<string, number>();
  #said = '';

  /** What an earlier run has left is taken over, so that what is gone since then is taken back. */
  constructor(namespace: string, view: GraphView) {
    this.#namespace = namespace;
    for (const id of leftOf(namespace, view)) this.#known.set(id, '');
  }

  /** Whether any rule counts: then it is read now and then. */
  get hasCounters(): boolean {
    return this.#counted.size > 0;
  }

  /** What has changed since the last reading. */
  tell(reading: Reading, legacy: readonly string[]): Change[] {
    const { tables, chains, rules, sets, leftOut } = reading;
    const namespace = this.#namespace;
    const changes: Change[] = [];
    const seen = new Set<string>();
    const say = (id: string, parent: string, metadata: Metadata) => {
      seen.add(id);
      const text = JSON.stringify(metadata);
      const before = this.#known.get(id);
      if (before === text) return;
      this.#known.set(id, text);
      changes.push({ kind: 'node', id, metadata, owns: OWNED });
      if (before === undefined || before === '')
        changes.push({ kind: 'edge', parent, child: id, metadata: { RelationType: 'ownership' } });
    };
    const byTable = new Map(tables.map((table) => [tableKey(table.family, table.name), table]));
    for (const chain of chains)
      say(chainId(namespace, chain), namespace, describeChain(chain, byTable.get(tableKey(chain.family, chain.table))));
    const byName = new Map(sets.map((set) => [`${tableKey(set.family, set.table)} ${set.name}`, set]));
    for (const rule of rules) {
      const key = tableKey(rule.family, rule.table);
      const set = (name: string): RawSet | undefined => byName.get(`${key} ${name}`);
      const read = readRule(rule.expressions, { family: familyName(rule.family), set });
      const id = ruleId(namespace, rule);
      say(id, chainId(namespace, { ...rule, name: rule.chain }), describeRule(rule, read));
      if (read.counted) changes.push(...this.#count(id, read.counted.packets, read.counted.bytes));
    }
    const named = sets.filter(({ flags }) => (flags & SET_FLAG.anonymous) === 0);
    for (const set of named) say(setId(namespace, set), namespace, describeSet(set));
    for (const id of this.#known.keys()) if (!seen.has(id)) changes.push(...this.#forget(id));
    changes.push(
      ...this.#summary({
        ...{ Tables: tables.length, Chains: chains.length, Rules: rules.length + leftOut, Sets: named.length },
        ...(leftOut > 0 && { LeftOut: leftOut }),
        ...(legacy.length > 0 && { Legacy: [...legacy] }),
      }),
    );
    return changes;
  }

  knows(id: string): boolean {
    return this.#known.has(id);
  }

  /** All of it is no more. */
  withdraw(): Change[] {
    this.#said = '';
    return [...this.#known.keys()].flatMap((id) => this.#forget(id));
  }

  #forget(id: string): Change[] {
    this.#known.delete(id);
    this.#counted.delete(id);
    return [{ kind: 'gone', id, of: 'node' }];
  }

  #count(id: string, packets: number, bytes: number): Change[] {
    if (this.#counted.get(id) === packets) return [];
    this.#counted.set(id, packets);
    return [{ kind: 'counters', id, series: 'Metric', total: { RxPackets: packets, RxBytes: bytes } }];
  }

  #summary(facts: Metadata): Change[] {
    const text = JSON.stringify(facts);
    if (text === this.#said) return [];
    this.#said = text;
    return [{ kind: 'set', id: this.#namespace, of: 'node', set: { [KEY]: facts } }];
  }
}

function tableKey(family: number, table: string): string {
  return `${family} ${table}`;
}

/** Ours that hang on the namespace. */
function* leftOf(namespace: string, view: GraphView): Iterable<string> {
  const [node] = view.nodes(namespace);
  if (!node) return;
  for (const owned of ownedBy(node, view)) {
    const { Type } = owned.metadata;
    if (Type === 'nftset') yield owned.id;
    if (Type !== 'nftchain') continue;
    yield owned.id;
    for (const rule of ownedBy(owned, view)) if (rule.metadata.Type === 'nftrule') yield rule.id;
  }
}

function* ownedBy(node: GraphNode, view: GraphView): Iterable<GraphNode> {
  for (const edge of view.out(node))
    if (edge.metadata.RelationType === 'ownership')
      for (const child of view.children(edge)) if (child.origin === node.origin) yield child;
}
