/** Which two ends are of one tunnel: each leads to the other, and to no third. */
import type { GraphView } from '../../graph/view.ts';
import type { End } from './ends.ts';

export function pairs(ends: readonly End[], addressOwners: ReadonlyMap<string, ReadonlySet<string>>): [End, End][] {
  const isAt = (end: End, address: string) =>
    end.local === undefined ? (addressOwners.get(address)?.has(end.host) ?? false) : end.local === address;
  const byKey = new Map<string, End[]>();
  for (const end of ends) push(byKey, join(end.type, end.inKey, end.port), end);
  // Of what an end leads to there may be no more than one.
  const partners = new Map<End, End | undefined>();
  for (const end of ends) {
    const others = (byKey.get(join(end.type, end.outKey, end.port)) ?? []).filter(
      (other) => other !== end && other.outKey === end.inKey && isAt(other, end.remote) && isAt(end, other.remote),
    );
    partners.set(end, others.length === 1 ? others[0] : undefined);
  }
  const found: [End, End][] = [];
  for (const [one, other] of partners)
    if (other && one.id < other.id && partners.get(other) === one) found.push([one, other]);
  return found;
}

/** Hosts that have an address which ends lead to. */
export function addressOwners(ends: readonly End[], view: GraphView): Map<string, Set<string>> {
  const owners = new Map(ends.map(({ remote }) => [remote, new Set<string>()]));
  if (ends.every(({ local }) => local !== undefined)) return owners;
  for (const { host, metadata } of view.nodes())
    for (const list of [metadata.IPV4, metadata.IPV6]) {
      if (!Array.isArray(list)) continue;
      for (const address of list) owners.get(String(address).replace(/\/\d+$/, ''))?.add(host);
    }
  return owners;
}

const join = (...parts: readonly string[]) => parts.join(' ');

function push(map: Map<string, End[]>, key: string, end: End): void {
  const list = map.get(key);
  if (list) list.push(end);
  else map.set(key, [end]);
}
