import { type By, identityBy } from '../arguments/by.ts';
import type { Child } from '../arguments/child.ts';
import { type Argument, Bytecode } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { mapping } from '../forms/waiting.ts';
import { type Pop, scopeValue } from '../read/scope.ts';
import { readToken } from '../read/token.ts';
import type { Run } from '../run/run.ts';
import { alone, type Traverser } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING, type Op } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { Token } from '../value/token.ts';

export const select = defineTraversalStep({
  name: 'select',
  doc: 'What has these names: places of the way, keys of a map, side-effects; or all keys or values of a map.',
  args: '[pop, ]name, … or column or traversal',
  count: [1, Number.POSITIVE_INFINITY],
  modulators: ['by'],
  tracking: (args) => (args.some((arg) => arg instanceof Token && arg.type === 'Column') ? 'none' : 'named'),
  example: {
    query: "g.V(1).as('a').out('knows').as('b').select('a', 'b').by('name').select('b')",
    gives: ['vadas', 'josh'],
  },
  build(call, builder) {
    const [pop, names] = popOf(call.args);
    const [first] = names;
    if (first instanceof Token && first.type === 'Column') return column(first, call, builder);
    if (first instanceof Bytecode) return byTraversal(builder.child(first, call), pop ?? 'mixed', call, builder);
    const keys = builder.strings(call, names);
    return keys.length === 1
      ? one(keys[0] as string, pop ?? 'last', call, builder)
      : several(keys, pop ?? 'last', call, builder);
  },
});

function popOf(args: readonly Argument[]): [Pop | undefined, readonly Argument[]] {
  const [first] = args;
  return first instanceof Token && first.type === 'Pop' ? [first.name as Pop, args.slice(1)] : [undefined, args];
}

function one(key: string, pop: Pop, call: StepCall, builder: Builder): Op {
  const by = lastBy(call, builder);
  if (by.isIdentity) return { kind: 'map', map: (traverser, run) => scopeValue(traverser, key, pop, run) };
  const fresh = alone(builder.tracking);
  const value = function* (traverser: Traverser, run: Run) {
    const found = scopeValue(traverser, key, pop, run);
    return found === NOTHING ? NOTHING : yield* by.value(fresh(found), run);
  };
  return mapping({ isDirect: by.direct !== undefined, mark: builder.mark }, value);
}

function several(keys: readonly string[], pop: Pop, call: StepCall, builder: Builder): Op {
  const given = builder.bys(call);
  const bys: readonly By[] = given.length > 0 ? given : [identityBy()];
  const fresh = alone(builder.tracking);
  const value = function* (traverser: Traverser, run: Run) {
    const map = new GMap();
    for (const [at, key] of keys.entries()) {
      const found = scopeValue(traverser, key, pop, run);
      if (found === NOTHING) return NOTHING;
      const by = bys[at % bys.length] as By;
      const made = by.isIdentity ? found : yield* by.value(fresh(found), run);
      if (made === NOTHING) return NOTHING;
      map.set(key, made);
    }
    return map;
  };
  return mapping({ isDirect: bys.every(({ direct }) => direct !== undefined), mark: builder.mark }, value);
}

function byTraversal(child: Child, pop: Pop, call: StepCall, builder: Builder): Op {
  const by = lastBy(call, builder);
  const fresh = alone(builder.tracking);
  const value = function* (traverser: Traverser, run: Run) {
    const key = yield* child.first(traverser, run);
    const found = key === NOTHING ? NOTHING : scopeValue(traverser, key, pop, run);
    return found === NOTHING || by.isIdentity ? found : yield* by.value(fresh(found), run);
  };
  return mapping({ isDirect: child.direct !== undefined && by.direct !== undefined, mark: builder.mark }, value);
}

function column(token: Token, call: StepCall, builder: Builder): Op {
  const by = lastBy(call, builder);
  const fresh = alone(builder.tracking);
  const value = function* (traverser: Traverser, run: Run) {
    const found = readToken(traverser.value, token, run);
    return found === NOTHING || by.isIdentity ? found : yield* by.value(fresh(found), run);
  };
  return mapping({ isDirect: by.direct !== undefined, mark: builder.mark }, value);
}

/** Of several the last counts, as TinkerPop has it. */
function lastBy(call: StepCall, builder: Builder): By {
  return builder.bys(call).at(-1) ?? identityBy();
}
