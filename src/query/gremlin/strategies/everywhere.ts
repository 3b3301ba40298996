/** Rewrites the steps of a traversal and of all that are within it, the innermost first. */
import { type Argument, Bytecode, type Instruction } from '../bytecode.ts';
import { GMap } from '../value/collections.ts';
import { isList } from '../value/identity.ts';
import { Predicate } from '../value/predicate.ts';
import type { GValue } from '../value/value.ts';

export type Rewriting = (steps: readonly Instruction[]) => readonly Instruction[];

export function everywhere(bytecode: Bytecode, rewriting: Rewriting): Bytecode {
  const steps = bytecode.steps.map((step) =>
    step.args.some(mayHold) ? { ...step, args: step.args.map((arg) => inside(arg, rewriting)) } : step,
  );
  return new Bytecode(bytecode.source, rewriting(steps));
}

/** All steps, those of children behind the step they belong to; `around`: names of the steps outside of it. */
export function eachStep(
  { steps }: Bytecode,
  visit: (step: Instruction, around: readonly string[]) => void,
  around: readonly string[] = [],
): void {
  for (const step of steps) {
    visit(step, around);
    for (const arg of step.args) if (mayHold(arg)) within(arg, visit, [...around, step.name]);
  }
}

function within(argument: Argument, visit: Parameters<typeof eachStep>[1], around: readonly string[]): void {
  if (argument instanceof Bytecode) eachStep(argument, visit, around);
  else if (argument instanceof Predicate) for (const arg of argument.args) within(arg, visit, around);
  else if (argument instanceof GMap) for (const value of argument.values()) within(value, visit, around);
  else if (isList(argument)) for (const item of argument) within(item, visit, around);
}

function mayHold(argument: Argument): boolean {
  return typeof argument === 'object' && argument !== null;
}

function inside(argument: Argument, rewriting: Rewriting): Argument {
  if (argument instanceof Bytecode) return everywhere(argument, rewriting);
  const value = (item: GValue) => inside(item, rewriting) as GValue;
  if (argument instanceof Predicate) return new Predicate(argument.name, argument.args.map(value), argument.isText);
  if (argument instanceof GMap) return new GMap([...argument].map(([key, item]) => [key, value(item)] as const));
  return isList(argument) ? argument.map(value) : argument;
}

/** An instruction that nobody wrote, at the place of one that somebody did. */
export function said(at: Instruction, name: string, ...args: readonly Argument[]): Instruction {
  return { ...at, name, args };
}

export function anonymous(...steps: readonly Instruction[]): Bytecode {
  return new Bytecode([], steps);
}

/** Where the modulators of a step end. */
export function endOfModulators(steps: readonly Instruction[], at: number, modulators: readonly string[]): number {
  let end = at + 1;
  while (modulators.includes(steps[end]?.name ?? '')) end++;
  return end;
}
