/** Bytecode to something that runs. All that is wrong with it is told at once. */
import { Mistake, mistake } from '../../../std/mistake.ts';
import { Faults } from '../../faults.ts';
import { type Argument, Bytecode, type Instruction } from '../bytecode.ts';
import { type Pipe, type Placed, pipeOf } from '../run/pipeline.ts';
import type { Hoard } from '../run/side-effects.ts';
import { stepNamed } from '../steps/index.ts';
import { eachStep } from '../strategies/everywhere.ts';
import { rewritten } from '../strategies/index.ts';
import { isList } from '../value/identity.ts';
import { Predicate } from '../value/predicate.ts';
import type { GValue } from '../value/value.ts';
import { Builder } from './builder.ts';
import { BULKING } from './lazy-barrier.ts';
import { readOptions, type SourceOptions } from './options.ts';
import { trackingOf } from './tracking.ts';

export interface Compiled {
  /** As it came. */
  readonly asked: Bytecode;
  /** As strategies made it. */
  readonly bytecode: Bytecode;
  readonly options: SourceOptions;
  readonly placed: readonly Placed[];
  readonly pipe: Pipe;
  /** Names under which steps put something aside, and how each begins. */
  readonly sideEffects: ReadonlyMap<string, () => GValue | Hoard>;
  /** Dice of a seed, when one was given. */
  readonly randomOf: (() => () => number) | undefined;
  readonly isProductive: (key: string) => boolean;
}

/** Throws one Mistake with all faults; `text`: what positions are of. */
export function compile(bytecode: Bytecode, text?: string): Compiled {
  const faults = new Faults();
  const chained = longestChain(bytecode.steps);
  if (chained > CHAIN_MAX) throw tooLong(chained);
  const options = readOptions(bytecode, faults);
  const plan = rewritten(bytecode, options, faults);
  const tracking = options.keepsPath ? 'all' : trackingOf(plan.bytecode);
  const builder = new Builder(faults, asMany(options, plan.bytecode), tracking);
  const placed = builder.placed(plan.bytecode);
  if (faults.errors.length > 0) throw new Mistake(faults.errors, text);
  return {
    asked: bytecode,
    bytecode: plan.bytecode,
    options,
    placed,
    pipe: pipeOf(placed),
    sideEffects: builder.sideEffects,
    randomOf: plan.randomOf,
    isProductive: plan.isProductive ?? (() => false),
  };
}

/** Where the graph is changed, those that are alike are put together right before it (readFirst) and nowhere else. */
function asMany(options: SourceOptions, bytecode: Bytecode): SourceOptions {
  let writes = false;
  eachStep(bytecode, ({ name }) => {
    writes ||= stepNamed(name)?.writes === true;
  });
  return writes ? { ...options, without: new Set([...options.without, BULKING]) } : options;
}

/** Steps that run within one another: each takes from the one before it, and a child from the step it belongs to. */
const CHAIN_MAX = 1000;

function longestChain(steps: readonly Instruction[]): number {
  let within = 0;
  for (const { args } of steps) for (const arg of args) within = Math.max(within, chainIn(arg));
  return steps.length + within;
}

function chainIn(argument: Argument): number {
  if (argument instanceof Bytecode) return longestChain(argument.steps);
  if (argument instanceof Predicate || isList(argument)) {
    let most = 0;
    for (const one of argument instanceof Predicate ? argument.args : argument) most = Math.max(most, chainIn(one));
    return most;
  }
  return 0;
}

function tooLong(chained: number): Mistake {
  const message = `the traversal has ${chained} steps within and behind one another, more than ${CHAIN_MAX} (limit steps)`;
  return mistake('query.limit', message, 'repeat(…).times(…) says the same step many times');
}
