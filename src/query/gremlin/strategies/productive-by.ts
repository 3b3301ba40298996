import { type Argument, Bytecode, type Instruction, type Strategy } from '../bytecode.ts';
import { membersOf } from '../value/members.ts';
import type { GValue } from '../value/value.ts';
import { anonymous, everywhere, said } from './everywhere.ts';
import { defineStrategy } from './strategy.ts';

export const productiveBy = defineStrategy({
  name: 'ProductiveByStrategy',
  doc: 'A `by` of something that is not there gives null.',
  settings: ['productiveKeys'],
  isProductive(strategy) {
    const keys = keysOf(strategy);
    return (key) => keys.size === 0 || keys.has(key);
  },
  rewrite(bytecode, strategy) {
    // With keys it speaks of those alone.
    if (keysOf(strategy).size > 0) return bytecode;
    return everywhere(bytecode, (steps) => steps.map((step, at) => productive(step, steps, at)));
  },
});

function keysOf({ configuration }: Strategy): ReadonlySet<Argument> {
  const keys = configuration.get('productiveKeys');
  if (keys === undefined) return new Set();
  return new Set(typeof keys === 'string' ? [keys] : (membersOf(keys as GValue) ?? []));
}

/** What these end with there always is. */
const PRODUCTIVE: ReadonlySet<string> = new Set(['count', 'fold', 'group', 'groupCount', 'constant', 'cap', 'tree']);

function productive(step: Instruction, steps: readonly Instruction[], at: number): Instruction {
  const [child, ...others] = step.args;
  if (step.name !== 'by' || !(child instanceof Bytecode)) return step;
  if (PRODUCTIVE.has(child.steps.at(-1)?.name ?? '') || isOfGroupedValues(steps, at)) return step;
  const either = anonymous(said(step, 'coalesce', child, anonymous(said(step, 'constant', null))));
  return said(step, 'by', either, ...others);
}

/** The second `by` of a group gathers: what it says of nothing is nothing. */
function isOfGroupedValues(steps: readonly Instruction[], at: number): boolean {
  return steps[at - 1]?.name === 'by' && steps[at - 2]?.name === 'group';
}
