import { mistake } from '../../../std/mistake.ts';
import { Bytecode } from '../bytecode.ts';
import { defineTraversalStep, type ReduceOp } from '../step.ts';
import { GMap, GSet } from '../value/collections.ts';
import { isList } from '../value/identity.ts';
import { javaType } from '../value/java-type.ts';
import { membersOf } from '../value/members.ts';
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

/** `addAll` in a collection of its own: to copy what came before for each that comes would take the square of the time. */
function gathered(seed: GValue): ReduceOp {
  return {
    kind: 'reduce',
    start(run) {
      const all = copyOf(seed);
      let held = 0;
      return {
        add({ value, bulk }) {
          if (value === null) return;
          const before = sizeOf(all);
          if (all instanceof GMap && value instanceof GMap) for (const [key, item] of value) all.set(key, item);
          else
            for (let left = all instanceof GSet ? 1 : bulk; left > 0; left--)
              for (const item of collected(value, all)) {
                if (all instanceof GSet) all.add(item);
                else if (!(all instanceof GMap)) all.push(item);
              }
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

function copyOf(seed: GValue): GMap | GSet | GValue[] {
  if (seed instanceof GMap) return new GMap(seed);
  if (seed instanceof GSet) return new GSet(seed);
  if (isList(seed)) return [...seed];
  throw mistake('gremlin.type', `${javaType(seed)} cannot be cast to Collection`);
}

function collected(value: GValue, into: GValue): Iterable<GValue> {
  const members = into instanceof GMap ? undefined : membersOf(value);
  if (members === undefined)
    throw mistake(
      'gremlin.type',
      `${javaType(value)} cannot be cast to ${into instanceof GMap ? 'Map' : 'Collection'}`,
    );
  return members;
}

function sizeOf(all: GMap | GSet | GValue[]): number {
  return Array.isArray(all) ? all.length : all.size;
}
