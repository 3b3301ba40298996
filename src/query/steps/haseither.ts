import { conditions } from '../arguments.ts';
import type { Condition } from '../condition.ts';
import { keepAny } from '../keep.ts';
import { equalTo } from '../predicates.ts';
import { defineStep } from '../step.ts';

export const hasEither = defineStep({
  name: 'HasEither',
  dialect: ['skydive'],
  doc: 'Keeps what has at least one of these keys with its value; a key may repeat.',
  args: conditions({ least: 1 }),
  example: {
    on: 'veth:a\n tun:b\n host:h1',
    query: "G.V().HasEither('Type', 'veth', 'Type', 'tun')",
    gives: ['veth:a', 'tun:b'],
  },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history' },
  filter: sameKey,
  stream: (wanted) => keepAny(wanted),
});

/** One key with several values is what WITHIN is, and an index can find it. */
function sameKey(wanted: readonly Condition[]): readonly Condition[] | undefined {
  const [first] = wanted;
  const values = wanted.flatMap(({ predicate }) => predicate.equals ?? []);
  const isWithin = wanted.every(({ key, predicate }) => key.text === first?.key.text && predicate.equals !== undefined);
  return first && isWithin ? [{ key: first.key, predicate: equalTo(values) }] : undefined;
}
