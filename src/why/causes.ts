/** Facts of one cause together: what was done first, and beneath it what followed from it. */
import { addressesOf, nameOf, textOf } from '../query/forwarding/atlas.ts';
import type { Fact } from './fact.ts';
import { type KindName, kindOf } from './kinds.ts';
import type { Lore } from './lore.ts';

export interface Group {
  readonly cause: Fact;
  /** Oldest first. */
  readonly consequences: readonly Fact[];
}

/** Consequences may be told a little before their cause: probes read one after the other. ms. */
const BEFORE_MS = 1_000;
const AFTER_MS = 2_500;
const NAMESPACE_MS = 5_000;
/** Who has an address is asked three times before it is given up. */
const SLOW_MS = 15_000;

/** `said`: oldest first. */
export function groupsOf(said: readonly Fact[], lore: Lore): Group[] {
  const facts = withMoves(said, lore);
  const ordered = [...facts].sort(
    (a, b) => kindOf(b.kind).cause - kindOf(a.kind).cause || isTouched(b) - isTouched(a) || a.time - b.time,
  );
  const taken = new Set<Fact>();
  const groups: Group[] = [];
  for (const cause of ordered) {
    if (taken.has(cause)) continue;
    taken.add(cause);
    const takes = followersOf(cause.kind);
    const circle = takes === undefined ? undefined : circleOf(cause, lore);
    const consequences = around(facts, cause.time).filter(
      (fact) => !taken.has(fact) && isSoon(cause, fact) && (follows(cause, fact, takes, circle) || isSame(cause, fact)),
    );
    for (const fact of consequences) taken.add(fact);
    groups.push({ cause, consequences: consequences.sort((a, b) => a.time - b.time) });
  }
  return groups;
}

/** Of two that were removed at once that one is told which the packets passed. */
function isTouched({ isAbout }: Fact): number {
  return isAbout === true ? 1 : 0;
}

/** Those that could be soon enough after it, or before. */
function around(facts: readonly Fact[], time: number): readonly Fact[] {
  return facts.slice(placeOf(facts, time - NAMESPACE_MS), placeOf(facts, time + SLOW_MS + 1));
}

/** How many are older. */
function placeOf(facts: readonly Fact[], time: number): number {
  let [low, high] = [0, facts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((facts[middle] as Fact).time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSoon(cause: Fact, { time, kind }: Fact): boolean {
  const after = time - cause.time;
  // Interfaces may be long gone when the last word about their namespace comes.
  const before = /^(namespace|container)\./.test(cause.kind) ? NAMESPACE_MS : BEFORE_MS;
  return after >= -before && after <= (kind === 'neighbour.lost' ? SLOW_MS : AFTER_MS);
}

const ROUTING = ['route.', 'neighbour.'];
const WIRING = ['neighbour.', 'fdb.', 'bridge.', 'link.', 'carrier.', 'vlan.'];
const EVERYTHING = [
  'address.',
  'interface.',
  'port.',
  'service.',
  'openflow.',
  'mac.',
  'mtu.',
  'bond.',
  'switch.',
  'tunnel.',
];

const RULES = /^(openflow|filter|nat)\./;

/** What may follow, by how kinds begin; undefined: nothing. */
function followersOf(kind: KindName): readonly string[] | undefined {
  if (/^(namespace|container)\.|^interface\.(removed|moved)/.test(kind))
    return [...ROUTING, ...WIRING, ...EVERYTHING, 'policy.', 'filter.', 'other.', 'noise', 'nat.'];
  if (kind === 'interface.added' || kind === 'interface.renamed') return [...ROUTING, ...WIRING, 'address.', 'noise'];
  if (/^link\.(down|up)/.test(kind)) return [...ROUTING, ...WIRING, 'address.', 'mtu.', 'switch.'];
  if (kind.startsWith('port.')) return [...WIRING, ...ROUTING, 'interface.', 'switch.', 'other.', 'noise'];
  if (kind.startsWith('address.')) return [...ROUTING, 'address.'];
  if (kind.startsWith('carrier.')) return [...ROUTING, ...WIRING, 'switch.'];
  if (/^(vlan|mac|bridge|tunnel|bond|switch|mtu)\./.test(kind)) return [...WIRING, 'tunnel.', 'switch.', 'mac.'];
  if (kind.startsWith('route.')) return ['route.'];
  // What appears is tied to others.
  if (RULES.test(kind) || /\.(added|removed)$/.test(kind)) return ['link.'];
  return undefined;
}

function follows(
  cause: Fact,
  fact: Fact,
  takes: readonly string[] | undefined,
  circle: { readonly held: ReadonlySet<string>; readonly near: ReadonlySet<string> } | undefined,
): boolean {
  if (takes === undefined || circle === undefined) return false;
  // Whom the other one is mistaken for is told of by those who speak with it.
  if (cause.kind.endsWith('.duplicated') && fact.isAbout === true && /^(neighbour|fdb)\./.test(fact.kind)) return true;
  if (kindOf(fact.kind).cause > kindOf(cause.kind).cause || !takes.some((start) => fact.kind.startsWith(start)))
    return false;
  const { element } = fact;
  // A rule is tied to its chain, and a chain to its namespace: what ties it is its own, and not what ties those it holds.
  if (element.kind === 'edge' && RULES.test(cause.kind)) return element.child === cause.element.id;
  if (element.kind === 'edge') return circle.held.has(element.parent) || circle.held.has(element.child);
  if (cause.kind.startsWith('route.')) return isSameRoute(cause, fact) && circle.near.has(element.id);
  // What stands alone beside it, as another address, was done besides.
  if (fact.element.id === cause.element.id && fact.kind === cause.kind) return cause.kind.startsWith('link.');
  return circle.near.has(element.id);
}

/** A route that leaves one interface and appears at another is one change. */
function isSameRoute(cause: Fact, fact: Fact): boolean {
  const prefixOf = ({ from, to }: Fact) =>
    JSON.stringify([of(to, 'Table') ?? of(from, 'Table'), of(to, 'Prefix') ?? of(from, 'Prefix')]);
  return prefixOf(cause) === prefixOf(fact);
}

function of(value: unknown, key: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[key];
}

/** The same thing said of both of its ends. */
function isSame(cause: Fact, fact: Fact): boolean {
  return cause.element.kind === 'edge' && fact.element.kind === 'edge' && cause.element.id === fact.element.id;
}

function circleOf(
  { element }: Fact,
  lore: Lore,
): { readonly held: ReadonlySet<string>; readonly near: ReadonlySet<string> } {
  if (element.kind === 'edge') {
    const ends = new Set([element.parent, element.child]);
    return { held: ends, near: ends };
  }
  const held = lore.holding(element.id);
  const near = new Set(held);
  for (const id of held) for (const other of lore.linked(id)) near.add(other);
  const namespace = lore.namespaceOf(element.id);
  if (namespace !== undefined) {
    near.add(namespace.id);
    // Routes of a namespace lie at the interfaces that they lead over.
    for (const id of lore.holding(namespace.id)) near.add(id);
  }
  return { held, near };
}

/** An interface that goes to another namespace is removed in one, and appears in the other. */
function withMoves(facts: readonly Fact[], lore: Lore): readonly Fact[] {
  const gone = facts.filter(({ kind }) => kind === 'interface.removed');
  const come = facts.filter(({ step }) => step.before === undefined && step.after?.kind === 'node');
  const moves = new Map<Fact, Fact>();
  for (const fact of gone) {
    const mac = textOf(fact.element.metadata.MAC);
    const there = come.find(
      ({ element, time }) =>
        mac !== undefined &&
        element.metadata.MAC === mac &&
        element.id !== fact.element.id &&
        Math.abs(time - fact.time) <= AFTER_MS,
    );
    if (there === undefined || fact.element.kind !== 'node' || there.element.kind !== 'node') continue;
    const where = lore.namespaceOf(there.element.id);
    const name = nameOf(there.element);
    const as = name === nameOf(fact.element) ? '' : ` as ${name}`;
    const text = `interface ${nameOf(fact.element)} was moved to ${where === undefined ? 'another namespace' : nameOf(where)}${as}`;
    moves.set(fact, { ...fact, kind: 'interface.moved', text });
    moves.set(there, { ...there, kind: 'interface.added', text: `interface ${name} appeared`, isAbout: undefined });
  }
  return facts.map((fact) => moves.get(fact) ?? fact).filter((fact) => !isOwnAddress(fact));
}

/** The link-local address of an interface follows from its MAC, and comes and goes with it. */
function isOwnAddress({ kind, from, to }: Fact): boolean {
  if (!kind.startsWith('address.')) return false;
  const all = addressesOf({ IPV6: [from, to].flat().filter((text) => typeof text === 'string') as string[] });
  return all.length > 0 && all.every((text) => text.startsWith('fe80:'));
}
