import { mistake } from '../../../std/mistake.ts';
import { Bytecode } from '../bytecode.ts';
import { defineTraversalStep, type ReduceOp } from '../step.ts';
import { GMap, GSet } from '../value/collections.ts';
import { isList } from '../value/identity.ts';
import { javaType } from '../value/java-type.ts';
import { operatorOf } from '../value/operator.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';

export const fold = defineTraversalStep({
  name: 'fold',
  doc: 'All that come as one list; or each joined with what came before, from a seed on.',
  args: '[seed, operator]',
  count: [0, 2],
  example: { query: "g.V(1).out('knows').values('name').fold()", gives: ['[vadas, josh]'] },
  build(call, builder) {
    if (call.args.length === 0) return toList;
    const [seed, join] = call.args;
    if (!(join instanceof Token) || join.type !== 'Operator' || seed instanceof Bytecode) {
      builder.wrong(call, 'fold takes a seed and an operator', 'fold(0, sum)');
      return toList;
    }
    return join.name === 'addAll' ? gathered(seed as GValue) : joined(seed as GValue, join);
  },
});

const toList: ReduceOp = {
  kind: 'reduce',
  start(run) {
    const all: GValue[] = [];
    return {
      add({ value, bulk }) {
        run.budget.hold(bulk);
        for (let left = bulk; left > 0; left--) all.push(value);
      },
      result() {
        run.budget.hold(-all.length);
        return all;
      },
    };
  },
};

function joined(seed: GValue, token: Token): ReduceOp {
  const join = operatorOf(token);
  return {
    kind: 'reduce',
    start() {
      let total = seed;
      return {
        add({ value, bulk }) {
          for (let left = bulk; left > 0; left--) total = join(total, value);
        },
        result: () => total,
      };
    },
  };
}

/**
 * `addAll` adds each that comes to a list or a set, and what a map holds to a map. In a collection of its own: to copy
 * what came before for each that comes would take the square of the time.
 */
function gathered(seed: GValue): ReduceOp {
  return {
    kind: 'reduce',
    start(run) {
      const all = copyOf(seed);
      let held = 0;
      return {
        add({ value, bulk }) {
          const before = sizeOf(all);
          if (Array.isArray(all)) for (let left = bulk; left > 0; left--) all.push(value);
          else if (all instanceof GSet) all.add(value);
          else if (all instanceof GMap && value instanceof GMap) for (const [key, item] of value) all.set(key, item);
          else
            throw mistake(
              'gremlin.type',
              `Objects must be both of Map or Collection: a=${javaType(all)} b=${javaType(value)}`,
            );
          const more = sizeOf(all) - before;
          held += more;
          run.budget.hold(more);
        },
        result() {
          run.budget.hold(-held);
          return all;
        },
      };
    },
  };
}

function copyOf(seed: GValue): GValue {
  if (seed instanceof GMap) return new GMap(seed);
  if (seed instanceof GSet) return new GSet(seed);
  return isList(seed) ? [...seed] : seed;
}

function sizeOf(all: GValue): number {
  return isList(all) ? all.length : all instanceof GMap || all instanceof GSet ? all.size : 0;
}
