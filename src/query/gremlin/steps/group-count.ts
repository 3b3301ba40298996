import type { By } from '../arguments/by.ts';
import type { Builder } from '../compile/builder.ts';
import { passing, reducing } from '../forms/waiting.ts';
import { Counts } from '../gather/group-counts.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING, type Op } from '../step.ts';

export const groupCount = defineTraversalStep({
  name: 'groupCount',
  doc: 'How many of each there are; with a name it is put aside, and each passes.',
  args: '[side-effect]',
  count: [0, 1],
  modulators: ['by'],
  example: { query: 'g.V().groupCount().by(label)', gives: ['{person=4, software=2}'] },
  build(call, builder) {
    const [name] = call.args;
    const by = builder.oneBy(call);
    if (typeof name === 'string') return aside(name, by, builder);
    if (name !== undefined) builder.wrong(call, 'groupCount takes the name of a side-effect');
    return gathered(by, builder);
  },
});

function gathered(by: By, { mark }: Builder): Op {
  const { direct } = by;
  if (direct !== undefined)
    return {
      kind: 'reduce',
      start: () => {
        const counts = new Counts();
        return {
          add(traverser, run) {
            const key = direct(traverser, run);
            if (key !== NOTHING && counts.add(key, traverser.bulk)) run.budget.hold(1);
          },
          result: () => counts.result(),
        };
      },
    };
  return reducing({ isDirect: false, mark }, () => {
    const counts = new Counts();
    return {
      add: (traverser, run) => counted(counts, traverser, by, run),
      // biome-ignore lint/correctness/useYield: it never has to wait.
      *result() {
        return counts.result();
      },
    };
  });
}

function aside(name: string, by: By, builder: Builder): Op {
  builder.declares(name, () => new Counts());
  return passing({ isDirect: by.direct !== undefined, mark: builder.mark }, function* (traverser, run) {
    const counts = run.sideEffects.hoard(name, {
      is: (held) => held instanceof Counts,
      make: (before) => new Counts(before),
    });
    yield* counted(counts, traverser, by, run);
    return true;
  });
}

function* counted(counts: Counts, traverser: Traverser, by: By, run: Run): Generator<undefined, void> {
  const key = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
  if (key !== NOTHING && counts.add(key, traverser.bulk)) run.budget.hold(1);
}
