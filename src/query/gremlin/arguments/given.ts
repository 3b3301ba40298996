/** Arguments that may be a value or a traversal that is asked for one: `property('weight', values('age'))`. */
import { mistake } from '../../../std/mistake.ts';
import { type Argument, Bytecode, CardinalityValue, Lambda, Strategy } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { Modulation, StepCall } from '../compile/calls.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { NOTHING } from '../step.ts';
import type { GValue } from '../value/value.ts';
import type { Child } from './child.ts';

export class Given {
  /** Undefined for a traversal. */
  readonly constant: GValue | undefined;
  readonly #child: Child | undefined;

  constructor(constant: GValue, child?: Child) {
    this.constant = child === undefined ? constant : undefined;
    this.#child = child;
  }

  get isConstant(): boolean {
    return this.#child === undefined;
  }

  /** It never has to wait. */
  get isDirect(): boolean {
    return this.#child === undefined || this.#child.direct !== undefined;
  }

  /** Throws a Mistake where a traversal gives nothing. Breathes. */
  *ask(traverser: Traverser, run: Run): Generator<undefined, GValue> {
    if (this.#child === undefined) return this.constant as GValue;
    const value = yield* this.#child.first(traverser, run);
    if (value === NOTHING) throw mistake('gremlin.no-value', 'The provided traverser does not map to a value');
    return value;
  }
}

export function given(argument: Argument | undefined, call: StepCall | Modulation, builder: Builder): Given {
  if (argument instanceof Bytecode || argument instanceof Lambda) return new Given(null, builder.child(argument, call));
  if (argument instanceof Strategy) builder.wrong(call, `${call.name} takes no strategy`);
  else if (argument instanceof CardinalityValue) return new Given(argument.value);
  else return new Given(argument ?? null);
  return new Given(null);
}
