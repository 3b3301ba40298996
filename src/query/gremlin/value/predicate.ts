/** `P.gt(5)`, `TextP.startingWith('eth')`, and what `and`, `or` and `negate` make of them, before anyone asks what they mean. */
import type { GValue } from './value.ts';

export class Predicate {
  /** As bytecode writes it: eq, neq, gt, …, and, or, not; startingWith, …; regex; typeOf. */
  readonly name: string;
  /** Its arguments: values, a list for within and without, predicates for and, or and not, a child traversal. */
  readonly args: readonly GValue[];
  readonly isText: boolean;

  constructor(name: string, args: readonly GValue[], isText = false) {
    this.name = name;
    this.args = args;
    this.isText = isText;
  }
}
