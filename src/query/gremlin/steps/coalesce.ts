import type { Child } from '../arguments/child.ts';
import { each, many } from '../forms/each.ts';
import { type Expand, expandOf } from '../run/expand.ts';
import type { Run } from '../run/run.ts';
import type { Mark, Traverser } from '../run/traverser.ts';
import { defineTraversalStep, type Op } from '../step.ts';

export const coalesce = defineTraversalStep({
  name: 'coalesce',
  doc: 'What comes of the first of the traversals of which anything comes.',
  args: 'traversal, …',
  count: [0, Number.POSITIVE_INFINITY],
  example: { query: "g.V(1).coalesce(values('nickname'), values('name'))", gives: ['marko'] },
  build(call, builder) {
    const { mark } = builder;
    const children = call.args.map((arg) => builder.child(arg, call));
    const expands = children.map(({ placed }) => expandOf(placed));
    return expands.every((expand) => expand !== undefined) ? plain(expands) : piped(children, mark);
  },
});

function plain(expands: readonly Expand[]): Op {
  return {
    kind: 'flatMap',
    flatMap(traverser, run) {
      const ends: Traverser[] = [];
      for (const expand of expands) {
        expand(traverser.single(), run, ends);
        if (ends.length > 0) break;
      }
      return ends.map(({ value }) => value);
    },
  };
}

function piped(children: readonly Child[], mark: Mark): Op {
  return each(function* (traverser, run) {
    for (const child of children) if (yield* ofOne(child, traverser, mark, run)) return;
  });
}

function* ofOne(child: Child, traverser: Traverser, mark: Mark, run: Run): Generator<Traverser | undefined, boolean> {
  let hasAny = false;
  for (const end of child.run([traverser.single()], run)) {
    if (end === undefined) yield undefined;
    else if (end !== null) {
      hasAny = true;
      yield many(traverser.to(end.value, mark), end.bulk);
    }
  }
  return hasAny;
}
