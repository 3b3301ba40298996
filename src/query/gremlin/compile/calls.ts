/** Instructions to calls: what modulates a step (`by`, `as`, `times`…) is put with the step that it modulates. */
import type { Faults } from '../../faults.ts';
import type { Argument, Bytecode, Instruction } from '../bytecode.ts';
import type { Modulator, TraversalStep } from '../step.ts';

export interface StepCall {
  readonly name: string;
  readonly step: TraversalStep;
  readonly args: readonly Argument[];
  /** Names that `as` gave. */
  readonly labels: string[];
  /** By modulator, in the order they came. */
  readonly modulations: Modulation[];
  /** Modulators that stood before the step itself: `until(…).repeat(…)`. */
  readonly before: Modulation[];
  /** Follows the source directly. */
  readonly isStart: boolean;
  /** The first of its traversal, also where that is an argument of another. */
  readonly isFirst: boolean;
  readonly instruction: Instruction;
}

export interface Modulation {
  readonly name: Modulator;
  readonly args: readonly Argument[];
  readonly instruction: Instruction;
}

const MODULATORS: ReadonlySet<string> = new Set<Modulator>([
  'by',
  'from',
  'to',
  'with',
  'option',
  'times',
  'until',
  'emit',
  'read',
  'write',
  'property',
]);

/** These may also stand before the step they speak of. */
const AHEAD: ReadonlySet<string> = new Set(['times', 'until', 'emit']);

/** Faults: names that are no step, modulators of nothing. `named`: the step of a name. */
export function callsOf(
  bytecode: Bytecode,
  {
    isRoot,
    named,
    faults,
  }: { isRoot: boolean; named: (instruction: Instruction) => TraversalStep | undefined; faults: Faults },
): StepCall[] {
  const calls: StepCall[] = [];
  let ahead: Modulation[] = [];
  for (const instruction of bytecode.steps) {
    const { name, args } = instruction;
    const last = calls.at(-1);
    if (name === 'as') {
      if (last !== undefined) last.labels.push(...args.filter((arg) => typeof arg === 'string'));
      else if (isRoot) misplaced(instruction, 'as names a step before it', faults);
      // `__.as('a').out()…`: the start of a child has a name.
      else calls.push(startNamed(instruction, named));
      continue;
    }
    const modulation = { name: name as Modulator, args, instruction };
    if (MODULATORS.has(name) && last?.step.modulators?.includes(modulation.name)) {
      last.modulations.push(modulation);
      continue;
    }
    if (AHEAD.has(name)) {
      ahead.push(modulation);
      continue;
    }
    const step = named(instruction);
    if (step === undefined) {
      if (MODULATORS.has(name))
        misplaced(instruction, `${name} says more about a step before it that takes it`, faults);
      ahead = [];
      continue;
    }
    for (const one of ahead)
      if (!step.modulators?.includes(one.name)) misplaced(one.instruction, `${one.name} belongs to a repeat`, faults);
    calls.push({
      name,
      step,
      args,
      labels: [],
      modulations: [],
      before: ahead,
      isStart: isRoot && calls.length === 0,
      isFirst: calls.length === 0,
      instruction,
    });
    ahead = [];
  }
  for (const { name, instruction } of ahead) misplaced(instruction, `${name} belongs to a repeat`, faults);
  return calls;
}

function startNamed(
  instruction: Instruction,
  named: (instruction: Instruction) => TraversalStep | undefined,
): StepCall {
  const identity = { ...instruction, name: 'identity', args: [] };
  return {
    name: 'identity',
    step: named(identity) as TraversalStep,
    args: [],
    labels: instruction.args.filter((arg) => typeof arg === 'string'),
    modulations: [],
    before: [],
    isStart: false,
    isFirst: true,
    instruction,
  };
}

function misplaced(instruction: Instruction, message: string, faults: Faults): void {
  faults.add('gremlin.wrong-place', message, placeOf(instruction));
}

/** Bytecode has no text: then the place is empty. */
export function placeOf({ from = 0, nameTo, to = 0 }: Instruction): { from: number; to: number } {
  return { from, to: nameTo ?? to };
}
