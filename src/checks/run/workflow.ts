/** `workflow`: what a workflow gives. */
import { Unavailable } from '../../std/unavailable.ts';
import type { Check, WorkflowCheck } from '../suite/suite.ts';
import type { Attempt } from './attempt.ts';
import type { Run } from './run.ts';
import { judgeValue } from './value.ts';

export async function tryWorkflow(check: Check & WorkflowCheck, { world }: Run, signal: AbortSignal): Promise<Attempt> {
  if (world.workflow === undefined) throw new Unavailable('calling a workflow', 'a server that has workflows');
  const value = await world.workflow(check.workflow, check.params, signal);
  return { ...judgeValue(value, check.expect), gotValue: value };
}
