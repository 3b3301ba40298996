/** The chains of a namespace and their rules, as the graph has them, in the order that packets come to them. */
import type { GraphNode, Metadata } from '../../../graph/element.ts';
import { objectsIn } from '../../routing.ts';
import { type Atlas, numberOf, textOf, textsIn, typeOf } from '../atlas.ts';

export interface Rule {
  readonly node: GraphNode;
  readonly text: string;
  /** Conditions and actions, in order: see src/probes/netfilter/clause.ts. */
  readonly clauses: readonly Metadata[];
}

export interface Chain {
  readonly node: GraphNode;
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook: string | undefined;
  readonly priority: number;
  readonly policy: string;
  /** filter, nat, route. */
  readonly type: string;
  /** Names of the devices whose frames it sees. */
  readonly devices: readonly string[];
  /** Looked for when a packet comes to it. */
  rules(): readonly Rule[];
}

export interface ElementSet {
  readonly elements: readonly string[];
  /** Not all of them are known. */
  readonly isOpen: boolean;
}

export interface Filters {
  /** Chains of a hook that see packets of a family, the lowest priority first. */
  at(hook: string, family: 4 | 6): readonly Chain[];
  chain(of: Chain, name: string): Chain | undefined;
  set(of: Chain, name: string): ElementSet | undefined;
  readonly hasLegacy: boolean;
  /** Rules that are not told. */
  readonly leftOut: number;
  /** Chains that see frames on a bridge, and such as see them come in or go out by a device, the lowest priority first. */
  onBridge(hook: string): readonly Chain[];
  atDevice(hook: 'ingress' | 'egress', name: string): readonly Chain[];
}

const known = new WeakMap<Atlas, Map<string, Filters | undefined>>();

/** Undefined where nobody reads them. */
export function filtersAt(atlas: Atlas, namespace: GraphNode): Filters | undefined {
  let all = known.get(atlas);
  if (all === undefined) {
    all = new Map();
    known.set(atlas, all);
  }
  if (!all.has(namespace.id)) all.set(namespace.id, filtersOf(atlas, namespace));
  return all.get(namespace.id);
}

function filtersOf(atlas: Atlas, namespace: GraphNode): Filters | undefined {
  const facts = namespace.metadata.Netfilter;
  if (typeof facts !== 'object' || facts === null) return undefined;
  const told = facts as Metadata;
  const chains: Chain[] = [];
  const sets = new Map<string, ElementSet>();
  for (const node of atlas.owned(namespace)) {
    atlas.budget.spend();
    const { metadata } = node;
    if (typeOf(node) === 'nftchain' && metadata.Dormant !== true) chains.push(chainOf(atlas, node));
    if (typeOf(node) === 'nftset') sets.set(keyOf(metadata.Family, metadata.Table, metadata.Name), setOf(metadata));
  }
  const byName = new Map(chains.map((chain) => [keyOf(chain.family, chain.table, chain.name), chain]));
  const based = chains.filter(({ hook }) => hook !== undefined).sort((a, b) => a.priority - b.priority);
  const bridging = based.filter(({ family }) => family === 'bridge');
  const early = based.filter(({ devices }) => devices.length > 0);
  return {
    at: (hook, family) => {
      const own = family === 4 ? 'ip' : 'ip6';
      return based.filter((chain) => chain.hook === hook && (chain.family === own || chain.family === 'inet'));
    },
    chain: ({ family, table }, name) => byName.get(keyOf(family, table, name)),
    set: ({ family, table }, name) => sets.get(keyOf(family, table, name)),
    hasLegacy: textsIn(told.Legacy).length > 0,
    leftOut: numberOf(told.LeftOut) ?? 0,
    onBridge: (hook) => bridging.filter((chain) => chain.hook === hook),
    atDevice: (hook, name) => early.filter((chain) => chain.hook === hook && chain.devices.includes(name)),
  };
}

function chainOf(atlas: Atlas, node: GraphNode): Chain {
  const { metadata } = node;
  let rules: readonly Rule[] | undefined;
  return {
    node,
    family: textOf(metadata.Family) ?? '',
    table: textOf(metadata.Table) ?? '',
    name: textOf(metadata.Name) ?? '',
    hook: textOf(metadata.Hook),
    priority: numberOf(metadata.Priority) ?? 0,
    policy: textOf(metadata.Policy) ?? 'accept',
    type: textOf(metadata.ChainType) ?? 'filter',
    devices: textsIn(metadata.Devices),
    rules: () => {
      rules ??= rulesOf(atlas, node);
      return rules;
    },
  };
}

function rulesOf(atlas: Atlas, chain: GraphNode): Rule[] {
  const all: { readonly rule: Rule; readonly order: number }[] = [];
  for (const node of atlas.owned(chain)) {
    const { metadata } = node;
    if (typeOf(node) !== 'nftrule') continue;
    const rule: Rule = { node, clauses: objectsIn(metadata.Clauses), text: textOf(metadata.Text) ?? '' };
    all.push({ rule, order: numberOf(metadata.Order) ?? 0 });
  }
  return all.sort((one, other) => one.order - other.order).map(({ rule }) => rule);
}

function setOf(metadata: Metadata): ElementSet {
  return {
    elements: textsIn(metadata.Elements),
    isOpen: metadata.IsDynamic === true || metadata.IsCut === true,
  };
}

function keyOf(...parts: readonly unknown[]): string {
  return parts.join(' ');
}
