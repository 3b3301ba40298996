import { type Argument, Bytecode, type Instruction, type Strategy } from '../bytecode.ts';
import { REDUCING } from '../compile/gathers.ts';
import { membersOf } from '../value/members.ts';
import type { GValue } from '../value/value.ts';
import { anonymous, everywhere, said } from './everywhere.ts';
import { defineStrategy } from './strategy.ts';

export const productiveBy = defineStrategy({
  name: 'ProductiveByStrategy',
  doc: 'A `by` of something that is not there gives null, but for the keys that always are there.',
  settings: ['productiveKeys'],
  isProductive(strategy) {
    const keys = keysOf(strategy);
    return (key) => !keys.has(key);
  },
  rewrite(bytecode, strategy) {
    const keys = keysOf(strategy);
    return everywhere(bytecode, (steps) => steps.map((step, at) => productive(step, steps, at, keys)));
  },
});

function keysOf({ configuration }: Strategy): ReadonlySet<Argument> {
  const keys = configuration.get('productiveKeys');
  if (keys === undefined) return new Set();
  return new Set(typeof keys === 'string' ? [keys] : (membersOf(keys as GValue) ?? []));
}

/** What gathers has something to say, if only null; so TinkerPop takes it, though a `max` of nothing is nothing. */
const PRODUCTIVE: ReadonlySet<string> = new Set([...REDUCING, 'cap', 'constant']);

function productive(
  step: Instruction,
  steps: readonly Instruction[],
  at: number,
  keys: ReadonlySet<Argument>,
): Instruction {
  const [child, ...others] = step.args;
  if (step.name !== 'by') return step;
  if (typeof child === 'string' && isOfGroupedValues(steps, at))
    return said(step, 'by', anonymous(said(step, 'values', child), said(step, 'fold')), ...others);
  if (!(child instanceof Bytecode) || isOneOf(keys, child)) return step;
  if (PRODUCTIVE.has(child.steps.at(-1)?.name ?? '')) return step;
  const either = anonymous(said(step, 'coalesce', child, anonymous(said(step, 'constant', null))));
  return said(step, 'by', either, ...others);
}

/** The second `by` of a group gathers. */
function isOfGroupedValues(steps: readonly Instruction[], at: number): boolean {
  return steps[at - 1]?.name === 'by' && steps[at - 2]?.name === 'group';
}

/** `by(values('age'))` is `by('age')`. */
function isOneOf(keys: ReadonlySet<Argument>, { steps: [first, ...others] }: Bytecode): boolean {
  return (
    first?.name === 'values' && others.length === 0 && first.args.length === 1 && keys.has(first.args[0] as Argument)
  );
}
