/** Bytecode to something that runs. All that is wrong with it is told at once. */
import { Mistake } from '../../../std/mistake.ts';
import { Faults } from '../../faults.ts';
import type { Bytecode } from '../bytecode.ts';
import { type Pipe, type Placed, pipeOf } from '../run/pipeline.ts';
import type { Hoard } from '../run/side-effects.ts';
import { stepNamed } from '../steps/index.ts';
import { eachStep } from '../strategies/everywhere.ts';
import { rewritten } from '../strategies/index.ts';
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

/** What changes the graph does so once for each that comes, so nobody may be counted for another. */
function asMany(options: SourceOptions, bytecode: Bytecode): SourceOptions {
  let writes = false;
  eachStep(bytecode, ({ name }) => {
    writes ||= stepNamed(name)?.writes === true;
  });
  return writes ? { ...options, without: new Set([...options.without, BULKING]) } : options;
}
