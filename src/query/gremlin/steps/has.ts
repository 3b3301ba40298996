import type { Child } from '../arguments/child.ts';
import { Bytecode } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { filterOf, type Holding, holdsId, holdsLabel, holdsOwn, holdsProperty } from '../judge/holding.ts';
import { allOf, judgeOfChild, judgeOfFilter, opOf } from '../judge/judge.ts';
import { defineTraversalStep, type FilterOp, type Op } from '../step.ts';
import { idsOf } from '../value/ids-of.ts';
import { Predicate } from '../value/predicate.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';

export const has = defineTraversalStep({
  name: 'has',
  doc: 'Elements that have a property, or have it with such a value.',
  args: '[label, ]key[, value or predicate]',
  count: [1, 3],
  example: { query: "g.V().has('name', 'marko').values('age')", gives: ['29'] },
  build(call, builder): Op {
    const [first, ...more] = call.args;
    if (call.args.length === 3) {
      const [label, key, what] = builder.values(call) as [GValue, GValue, GValue];
      if (typeof label !== 'string' && label !== null) builder.wrong(call, 'has(label, key, value) takes a label');
      if (what instanceof Bytecode && typeof key === 'string') {
        const isLabelled = judgeOfFilter(filterOf(holdsLabel(label)));
        return opOf(allOf([isLabelled, judgeOfChild(ofKey(key, what, call, builder))]), builder.mark);
      }
      return filterOf(holdsLabel(label), holds(key, what, call, builder));
    }
    const [what] = more;
    if (first === null) return NONE;
    if (typeof first === 'string' && what instanceof Bytecode)
      return opOf(judgeOfChild(ofKey(first, what, call, builder)), builder.mark);
    return filterOf(
      holds(builder.value(first, call), more.length === 0 ? undefined : builder.value(what, call), call, builder),
    );
  },
});

export const hasNot = defineTraversalStep({
  name: 'hasNot',
  doc: 'Elements that have no such property.',
  args: 'key',
  count: [1, 1],
  example: { query: "g.V().hasNot('age').values('name')", gives: ['lop', 'ripple'] },
  build(call, builder): FilterOp {
    const [key] = builder.values(call);
    if (key === null) return { kind: 'filter', accepts: () => true };
    if (typeof key !== 'string') builder.wrong(call, 'hasNot takes a key');
    const { accepts } = holdsProperty(String(key));
    return { kind: 'filter', accepts: (value, run) => !accepts(value, run) };
  },
});

export const hasId = defineTraversalStep({
  name: 'hasId',
  doc: 'Elements with one of the ids, or with an id that passes a test.',
  args: 'id or predicate, …',
  count: [1, Number.POSITIVE_INFINITY],
  example: { query: "g.V().hasId(1).values('name')", gives: ['marko'] },
  build: (call, builder) => filterOf(holdsId(oneOf(idsOf(builder.values(call))))),
});

export const hasLabel = defineTraversalStep({
  name: 'hasLabel',
  doc: 'Elements with one of the labels, or with a label that passes a test.',
  args: 'label or predicate, …',
  count: [1, Number.POSITIVE_INFINITY],
  example: { query: "g.V().hasLabel('software').values('name')", gives: ['lop', 'ripple'] },
  build: (call, builder) => filterOf(holdsLabel(oneOf(texts(call, builder)))),
});

export const hasKey = defineTraversalStep({
  name: 'hasKey',
  doc: 'Properties with one of the keys.',
  args: 'key or predicate, …',
  count: [1, Number.POSITIVE_INFINITY],
  example: { query: "g.V(1).properties().hasKey('age').value()", gives: ['29'] },
  build: (call, builder) => filterOf(holdsOwn('key', oneOf(texts(call, builder)))),
});

export const hasValue = defineTraversalStep({
  name: 'hasValue',
  doc: 'Properties with one of the values.',
  args: 'value or predicate, …',
  count: [1, Number.POSITIVE_INFINITY],
  example: { query: 'g.V(1).properties().hasValue(29).key()', gives: ['age'] },
  build: (call, builder) => filterOf(holdsOwn('value', oneOf(builder.values(call)))),
});

const NONE: FilterOp = { kind: 'filter', accepts: () => false };
const NO_HOLDING: Holding = { accepts: () => false, wants: [] };

function holds(what: GValue, wanted: GValue | undefined, call: StepCall, builder: Builder): Holding {
  if (typeof what === 'string') return holdsProperty(what, wanted);
  if (what === null) return NO_HOLDING;
  if (what instanceof Token && what.type === 'T' && wanted !== undefined)
    switch (what.name) {
      case 'id':
        return holdsId(wanted);
      case 'label':
        return holdsLabel(wanted);
      default:
        return holdsOwn(what.name as 'key' | 'value', wanted);
    }
  builder.wrong(call, 'has takes a key, and maybe a value or a predicate', "has('name', 'marko')");
  return NO_HOLDING;
}

/** `has(key, traversal)`: the traversal makes something of a value under the key. */
function ofKey(key: string, traversal: Bytecode, call: StepCall, builder: Builder): Child {
  return builder.child(new Bytecode([], [{ name: 'values', args: [key] }, ...traversal.steps]), call);
}

/** Labels and keys are nothing else. */
function texts(call: StepCall, builder: Builder): GValue[] {
  const values = builder.values(call);
  if (!values.every((value) => value === null || typeof value === 'string' || value instanceof Predicate))
    builder.wrong(call, `${call.name} takes texts or a predicate`);
  return values;
}

function oneOf(values: readonly GValue[]): GValue {
  const [first = null] = values;
  return values.length === 1 || first instanceof Predicate ? first : new Predicate('within', [values]);
}
