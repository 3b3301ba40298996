import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { passing } from '../forms/waiting.ts';
import { areDistinct, isSimple } from '../judge/simple-path.ts';
import { alone } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING, type Op } from '../step.ts';
import type { GValue } from '../value/value.ts';
import { endsOf, part, pathOf } from './path.ts';

export const simplePath = defineTraversalStep({
  name: 'simplePath',
  doc: 'What came a way without a value twice.',
  args: '',
  count: [0, 0],
  modulators: ['by', 'from', 'to'],
  tracking: 'all',
  example: { query: "g.V(1).both().both().simplePath().values('name')", gives: ['josh', 'peter', 'ripple', 'lop'] },
  build: (call, builder) => byWay(call, builder, true),
});

export const cyclicPath = defineTraversalStep({
  name: 'cyclicPath',
  doc: 'What came a way with a value twice.',
  args: '',
  count: [0, 0],
  modulators: ['by', 'from', 'to'],
  tracking: 'all',
  example: { query: "g.V(1).both().both().cyclicPath().dedup().values('name')", gives: ['marko'] },
  build: (call, builder) => byWay(call, builder, false),
});

function byWay(call: StepCall, builder: Builder, wanted: boolean): Op {
  const { from, to } = endsOf(call, builder);
  const bys = builder.bys(call);
  if (from === undefined && to === undefined && bys.every(({ isIdentity }) => isIdentity))
    return { kind: 'filter', test: ({ trail }) => isSimple(trail) === wanted };
  const fresh = alone(builder.tracking);
  const isDirect = bys.every(({ direct }) => direct !== undefined);
  return passing({ isDirect, mark: builder.mark }, function* ({ trail }, run) {
    if (trail === undefined) return wanted;
    const { objects } = part(pathOf(trail), from, to);
    const read: GValue[] = [];
    for (const [at, object] of objects.entries()) {
      const by = bys[at % bys.length];
      const value = by === undefined || by.isIdentity ? object : yield* by.value(fresh(object), run);
      if (value === NOTHING) return false;
      read.push(value);
    }
    return areDistinct(read) === wanted;
  });
}
