/** One run of a workflow that is kept nowhere. */
import { WorkflowBook } from './book.ts';
import type { Ran, Workflow, WorkflowCall } from './workflow.ts';

export function runOnce(
  workflow: Pick<Workflow, 'Name' | 'Parameters' | 'Source'>,
  call: Omit<WorkflowCall, 'workflow'>,
): Promise<Ran> {
  const book = new WorkflowBook({
    bundled: [{ UUID: '', ...workflow }],
    kept: { read: () => ({ lists: { workflows: [] }, note: undefined }), write: () => undefined },
    newId: () => '',
    elapsed: () => performance.now(),
  });
  return book.callWorkflow({ workflow: workflow.Name, ...call });
}
