/**
 * What counters along a way counted since a check began: drops and errors of its interfaces, and packets of the rules that
 * decided. Counters are read now and then: what is told is the sum of the readings that overlap with that time.
 */
import type { Sample } from '../../graph/view.ts';
import type { Hop } from '../../query/forwarding/hop.ts';
import type { Run } from './run.ts';

/** By id of the hop's node; those that did not move are left out. */
export type Moved = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Nodes of one way that are asked about. */
const NODES_MAX = 500;

export async function countersAlong(hops: readonly Hop[], { world, begunAt }: Run): Promise<Moved> {
  const rules = new Map<string, string>();
  for (const { node, how } of hops) {
    const rule = how.filter?.id ?? how.rule?.id;
    if (rule !== undefined) rules.set(rule, node.id);
  }
  const ids = [...new Set([...hops.map(({ node }) => node.id), ...rules.keys()])].slice(0, NODES_MAX);
  const moved = new Map<string, Record<string, number>>();
  if (ids.length === 0) return moved;
  const samples = await world.timeline.samples(ids, 'Metric', { from: begunAt, to: world.clock.now() });
  for (const [id, its] of samples) {
    const at = rules.get(id);
    const sums = summed(its, at === undefined ? isTrouble : isPackets);
    if (Object.keys(sums).length === 0) continue;
    const named = at === undefined ? sums : { RulePackets: Object.values(sums).reduce((sum, one) => sum + one, 0) };
    moved.set(at ?? id, { ...moved.get(at ?? id), ...named });
  }
  return moved;
}

function summed(samples: readonly Sample[], isWanted: (name: string) => boolean): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counters } of samples)
    for (const [name, count] of Object.entries(counters))
      if (isWanted(name) && count > 0) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function isTrouble(name: string): boolean {
  return /Dropped|Errors|Collisions/.test(name);
}

/** Series of rules have what they matched as received. */
function isPackets(name: string): boolean {
  return name === 'RxPackets';
}
