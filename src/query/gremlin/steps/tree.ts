import type { By } from '../arguments/by.ts';
import type { Builder } from '../compile/builder.ts';
import { named } from '../forms/each.ts';
import { reducing } from '../forms/waiting.ts';
import { Ways } from '../gather/tree.ts';
import type { Run } from '../run/run.ts';
import { alone, type Trail, type Traverser } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING, type Op } from '../step.ts';
import type { GValue } from '../value/value.ts';

export const tree = defineTraversalStep({
  name: 'tree',
  doc: 'The ways of all that come as one tree; with a name it is put aside, and each passes once all have come.',
  args: '[side-effect]',
  count: [0, 1],
  modulators: ['by'],
  tracking: 'all',
  example: { query: "g.V(1).out('knows').tree().by('name')", gives: ['{marko={vadas={}, josh={}}}'] },
  build(call, builder) {
    const [name] = call.args;
    const bys = builder.bys(call);
    const wayOf = reader(bys, builder);
    if (typeof name === 'string') return aside(name, wayOf, builder);
    if (name !== undefined) builder.wrong(call, 'tree takes the name of a side-effect');
    const isDirect = bys.every(({ direct }) => direct !== undefined);
    return reducing({ isDirect, mark: builder.mark }, () => {
      const ways = new Ways();
      return {
        *add(traverser, run) {
          run.budget.hold(ways.add(yield* wayOf(traverser, run)));
        },
        // biome-ignore lint/correctness/useYield: it never has to wait.
        *result() {
          return ways.result();
        },
      };
    });
  },
});

type WayOf = (traverser: Traverser, run: Run) => Generator<undefined, GValue[]>;

/** What nothing can be read of ends the way. */
function reader(bys: readonly By[], { tracking }: Builder): WayOf {
  const fresh = alone(tracking);
  return function* ({ trail }, run) {
    const way: GValue[] = [];
    for (const [at, value] of placesOf(trail).entries()) {
      const by = bys[at % bys.length];
      const read = by === undefined || by.isIdentity ? value : yield* by.value(fresh(value), run);
      if (read === NOTHING) break;
      way.push(read);
    }
    return way;
  };
}

function placesOf(trail: Trail | undefined): GValue[] {
  const places: GValue[] = [];
  for (let at = trail; at !== undefined; at = at.before) places.push(at.value);
  return places.reverse();
}

function aside(name: string, wayOf: WayOf, builder: Builder): Op {
  builder.declares(name, () => new Ways());
  const { mark } = builder;
  const put = function* (all: readonly Traverser[], run: Run) {
    const ways = run.sideEffects.hoard(name, {
      is: (held) => held instanceof Ways,
      make: (before) => new Ways(before),
    });
    for (const traverser of all) {
      if (run.budget.spend()) yield undefined;
      run.budget.hold(ways.add(yield* wayOf(traverser, run)));
    }
  };
  return {
    kind: 'barrier',
    *release(all, run) {
      yield* put(all, run);
      for (const traverser of all) yield named(traverser, mark);
    },
  };
}
