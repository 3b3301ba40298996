/** The arguments of a predicate, which the formats write in several ways, as a traversal has them. */
import type { Argument } from '../../query/gremlin/bytecode.ts';
import { GSet } from '../../query/gremlin/value/collections.ts';
import { isList } from '../../query/gremlin/value/identity.ts';
import { Predicate } from '../../query/gremlin/value/predicate.ts';
import { BulkSet, type GValue } from '../../query/gremlin/value/value.ts';

/** `values`: as they were listed. `P.eq([1, 2])` is listed as `eq` with two, which can mean nothing else. */
export function predicateOf(name: string, values: readonly Argument[], isText: boolean): Predicate {
  const listed = values as readonly GValue[];
  const first = listed[0];
  if (name === 'within' || name === 'without') return new Predicate(name, [members(listed)], isText);
  if (severalOf.has(name)) return new Predicate(name, listed.length === 1 && isList(first) ? first : listed, isText);
  return new Predicate(name, listed.length === 1 && first !== undefined ? [first] : [listed], isText);
}

const severalOf: ReadonlySet<string> = new Set(['between', 'inside', 'outside', 'and', 'or']);

function members(listed: readonly GValue[]): readonly GValue[] {
  const first = listed[0];
  if (listed.length !== 1) return listed;
  if (first instanceof GSet) return [...first];
  if (first instanceof BulkSet) return [...first.counts.keys()];
  return isList(first) ? first : listed;
}

/** How it is listed again. */
export function listedArgs(predicate: Predicate): readonly GValue[] {
  const [first] = predicate.args;
  return predicate.args.length === 1 && isList(first) ? first : predicate.args;
}
