import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { partOfWay } from '../forms/part-of-way.ts';
import { passing } from '../forms/waiting.ts';
import { areDistinct, isSimple } from '../judge/simple-path.ts';
import { defineTraversalStep, NOTHING, type Op } from '../step.ts';

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
  const way = partOfWay(call, builder);
  if (way.isWhole && way.isIdentity) return { kind: 'filter', test: ({ trail }) => isSimple(trail) === wanted };
  return passing({ isDirect: way.isDirect, mark: builder.mark }, function* ({ trail }, run) {
    if (trail === undefined) return wanted;
    const read = yield* way.read(trail, run);
    return read !== NOTHING && areDistinct(read.objects) === wanted;
  });
}
