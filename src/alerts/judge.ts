/** Whether an alert is as it should be, before it is one. */
import type { NewAlert } from '../contract/alert.ts';
import { type Fault, Mistake } from '../std/mistake.ts';
import { type ActionRules, actionOf } from './action.ts';
import { triggerOf } from './trigger.ts';

export interface JudgeParts {
  /** Throws a Mistake that tells all that is wrong with a condition. */
  readonly check: (expression: string) => void;
  readonly actionRules: ActionRules;
}

/** Throws a Mistake with all that is wrong with it. */
export function judge({ Action, Expression, Trigger }: NewAlert, { actionRules, check }: JudgeParts): void {
  const faults: Fault[] = [];
  for (const judged of [() => triggerOf(Trigger), () => actionOf(Action, actionRules), () => check(Expression)])
    try {
      judged();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      faults.push(...error.faults);
    }
  if (faults.length > 0) throw new Mistake(faults);
}
