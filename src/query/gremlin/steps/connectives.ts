import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { allOf, anyOf, type Judge, judgeOfChild, noneOf, opOf } from '../judge/judge.ts';
import { testOf } from '../judge/test-of.ts';
import { defineTraversalStep } from '../step.ts';
import { Predicate } from '../value/predicate.ts';

export const and = defineTraversalStep({
  name: 'and',
  doc: 'What all of the traversals make something of; between two steps, what both sides do.',
  args: '[traversal, …]',
  count: [0, Number.POSITIVE_INFINITY],
  example: { query: "g.V().and(__.has('age'), __.out('created')).values('name')", gives: ['marko', 'josh', 'peter'] },
  build: (call, builder) => opOf(allOf(judges(call, builder)), builder.mark),
});

export const or = defineTraversalStep({
  name: 'or',
  doc: 'What one of the traversals makes something of; between two steps, what one of the sides does.',
  args: '[traversal, …]',
  count: [0, Number.POSITIVE_INFINITY],
  example: {
    query: "g.V().or(__.has('age', lt(28)), __.has('lang')).values('name')",
    gives: ['vadas', 'lop', 'ripple'],
  },
  build: (call, builder) => opOf(anyOf(judges(call, builder)), builder.mark),
});

export const not = defineTraversalStep({
  name: 'not',
  doc: 'What the traversal makes nothing of.',
  args: 'traversal',
  count: [1, 1],
  example: { query: "g.V().not(__.has('age')).values('name')", gives: ['lop', 'ripple'] },
  build: (call, builder) => opOf(noneOf(allOf(judges(call, builder))), builder.mark),
});

export const filter = defineTraversalStep({
  name: 'filter',
  doc: 'What the traversal makes something of, or what passes a test.',
  args: 'traversal or predicate',
  count: [1, 1],
  example: { query: "g.V().filter(__.out('knows')).values('name')", gives: ['marko'] },
  build(call, builder) {
    const [predicate] = call.args;
    if (!(predicate instanceof Predicate)) return opOf(allOf(judges(call, builder)), builder.mark);
    const test = testOf(predicate);
    return { kind: 'filter', accepts: (value, run) => test(value, run.model) };
  },
});

function judges(call: StepCall, builder: Builder): Judge[] {
  return call.args.map((argument) => judgeOfChild(builder.child(argument, call)));
}
