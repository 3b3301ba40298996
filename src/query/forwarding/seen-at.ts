/**
 * Where a conversation began, of which an address is known and where its packets were seen: many networks have the same
 * addresses, each host with containers has them, and only from one of the places would its packets come by there.
 */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, canonical } from './atlas.ts';
import { type Holder, holdersOf } from './ends.ts';
import { passedBy } from './entrance.ts';
import type { Hop } from './hop.ts';

/**
 * The node that has the address and whose packets pass more of the places (TIDs) than those of any other that has it.
 * `hopsFrom` walks from one of them. Undefined: it is no address, one has it, or the places do not tell.
 */
export function* beginningSeen(
  { text, seenAt, atlas }: { readonly text: string; readonly seenAt: readonly string[]; readonly atlas: Atlas },
  hopsFrom: (start: GraphNode) => Generator<undefined, readonly Hop[]>,
): Generator<undefined, GraphNode | undefined> {
  const address = canonical(text);
  if (address === undefined || seenAt.length === 0) return undefined;
  const holders = new Map<string, Holder>();
  for (const holder of holdersOf(atlas, address)) holders.set(holder.namespace.id, holder);
  if (holders.size < 2) return undefined;
  let best = { node: undefined as GraphNode | undefined, passed: 0 };
  for (const { node } of holders.values()) {
    const passed = passedBy(yield* hopsFrom(node), seenAt);
    if (passed > best.passed) best = { node, passed };
    else if (passed === best.passed) best = { node: undefined, passed };
  }
  return best.node;
}
