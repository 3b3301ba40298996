import { identityBy } from '../arguments/by.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { passing, reducing } from '../forms/waiting.ts';
import { valuesOf } from '../gather/group-values.ts';
import { type Grouping, Groups } from '../gather/groups.ts';
import type { Placed } from '../run/pipeline.ts';
import { defineTraversalStep, type Op } from '../step.ts';
import { GMap } from '../value/collections.ts';

export const group = defineTraversalStep({
  name: 'group',
  doc: 'A map of keys to what has them; with a name it is put aside, and each passes.',
  args: '[side-effect]',
  count: [0, 1],
  modulators: ['by'],
  example: {
    query: "g.V().group().by(label).by('name')",
    gives: ['{person=[marko, vadas, josh, peter], software=[lop, ripple]}'],
  },
  build(call, builder) {
    const [name] = call.args;
    const grouping = groupingOf(call, builder);
    if (typeof name === 'string') return aside(name, grouping, builder);
    if (name !== undefined) builder.wrong(call, 'group takes the name of a side-effect');
    return gathered(grouping, builder);
  },
});

function groupingOf(call: StepCall, builder: Builder): Grouping {
  const [key = identityBy(), values = identityBy(), ...more] = builder.bys(call);
  if (more.length > 0)
    builder.wrong(call, 'The key and value traversals for group()-step have already been set: group takes two by');
  return { key, values: valuesOf(values) };
}

function isDirect({ key, values }: Grouping): boolean {
  if (key.direct === undefined) return false;
  switch (values.kind) {
    case 'list':
      return values.by.direct !== undefined;
    case 'newest':
      return values.child.direct !== undefined;
    case 'reduced':
      return isShort(values.before.placed) && values.after.direct !== undefined;
    case 'all':
      return false;
  }
}

/** One step along edges at most. */
function isShort(placed: readonly Placed[]): boolean {
  return (
    placed.every(({ op }) => op.kind === 'filter' || op.kind === 'map' || op.kind === 'flatMap') &&
    placed.filter(({ op }) => op.kind === 'flatMap').length <= 1
  );
}

function gathered(grouping: Grouping, { mark }: Builder): Op {
  return reducing({ isDirect: isDirect(grouping), mark }, () => {
    const groups = new Groups();
    return {
      add: (traverser, run) => groups.add(traverser, grouping, run),
      result: (run) => groups.finished(run),
    };
  });
}

function aside(name: string, grouping: Grouping, builder: Builder): Op {
  builder.declares(name, () => new Groups());
  return passing({ isDirect: isDirect(grouping), mark: builder.mark }, function* (traverser, run) {
    const groups = run.sideEffects.hoard(name, {
      is: (held) => held instanceof Groups,
      make: (before) => new Groups(before instanceof GMap ? before : undefined),
    });
    yield* groups.add(traverser, grouping, run);
    return true;
  });
}
