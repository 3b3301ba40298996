import { isLocal, unscoped } from '../arguments/local.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { type Range, ranged, rangeOf, slice, wholeOf } from '../forms/range.ts';
import { defineTraversalStep, type Op } from '../step.ts';

export const range = defineTraversalStep({
  name: 'range',
  doc: 'From the low (the first is 0) up to the one before the high; a high of -1 has no end.',
  args: '[scope, ]low, high',
  count: [2, 3],
  example: { query: "g.V().values('name').range(1, 3)", gives: ['vadas', 'lop'] },
  build(call, builder) {
    const [low, high, ...more] = unscoped(call);
    if (more.length > 0) builder.wrong(call, 'range takes a low and a high');
    return opOf(rangeOf(wholeOf(low, call, builder), wholeOf(high, call, builder)), call, builder);
  },
});

export const limit = defineTraversalStep({
  name: 'limit',
  doc: 'The first so many.',
  args: '[scope, ]count',
  count: [1, 2],
  example: { query: 'g.V().limit(2).count()', gives: ['2'] },
  build: (call, builder) => opOf(rangeOf(0, wholeOf(unscoped(call)[0], call, builder)), call, builder),
});

export const skip = defineTraversalStep({
  name: 'skip',
  doc: 'All but the first so many.',
  args: '[scope, ]count',
  count: [1, 2],
  example: { query: "g.V().values('name').skip(4)", gives: ['ripple', 'peter'] },
  build: (call, builder) => opOf(rangeOf(wholeOf(unscoped(call)[0], call, builder), -1), call, builder),
});

function opOf(wanted: Range, call: StepCall, builder: Builder): Op {
  if (!isLocal(call)) return ranged(wanted, builder);
  return { kind: 'map', map: ({ value }) => slice(value, wanted) };
}
