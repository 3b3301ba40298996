/** Workflows as a query calls them: in the name of who asks. */
import type { Workflows } from '../workflows/workflow.ts';
import type { Identity } from './identity.ts';
import type { AskAs } from './workflow-routes.ts';

/** A workflow by its name or id, with its parameters, gives its result; rejects with a Mistake. */
export type CallWorkflow = (name: string, params: readonly unknown[], signal: AbortSignal) => Promise<unknown>;

export function calledBy(
  identity: Identity | undefined,
  workflows: Workflows | undefined,
  askAs: AskAs,
): CallWorkflow | undefined {
  if (identity === undefined || workflows === undefined) return undefined;
  const as = {
    name: identity.name,
    ask: (request: Parameters<AskAs>[1], signal: AbortSignal) => askAs(identity, request, signal),
  };
  return async (workflow, params, signal) => (await workflows.callWorkflow({ workflow, params, as, signal })).result;
}
