/** A yes or no asked of a traverser: `until`, `emit`, the predicate of `choose`. */

import type { Argument } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { Modulation, StepCall } from '../compile/calls.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { NOTHING } from '../step.ts';
import { Predicate } from '../value/predicate.ts';
import { testOf } from './test-of.ts';

export interface Question {
  /** The answer without a breath, when it can be had so. */
  readonly direct: ((traverser: Traverser, run: Run) => boolean) | undefined;
  ask(traverser: Traverser, run: Run): Generator<undefined, boolean>;
}

/** A traversal asks whether anything comes of it, a predicate asks the value. */
export function questionOf(argument: Argument | undefined, call: StepCall | Modulation, builder: Builder): Question {
  if (argument instanceof Predicate) {
    const test = testOf(argument);
    return directly(({ value }, run) => test(value, run.model));
  }
  const child = builder.child(argument, call);
  const { direct } = child;
  if (direct !== undefined) return directly((traverser, run) => direct(traverser, run) !== NOTHING);
  return { direct: undefined, ask: (traverser, run) => child.any(traverser, run) };
}

export function directly(direct: (traverser: Traverser, run: Run) => boolean): Question {
  return {
    direct,
    // biome-ignore lint/correctness/useYield: it never has to wait.
    *ask(traverser, run) {
      return direct(traverser, run);
    },
  };
}
