/** Flows as they come, some at a time and each UUID once: what a store is asked about together. */
import type { Flow } from '../flow/flow.ts';
import type { Items, World } from './step.ts';

export function* flowBatches(
  input: Items<Flow>,
  size: number,
  { budget }: Pick<World, 'budget'>,
): Generator<readonly Flow[] | undefined> {
  const seen = new Set<string>();
  let batch: Flow[] = [];
  for (const flow of input) {
    if (flow === undefined) yield undefined;
    if (flow === undefined || seen.has(flow.UUID)) continue;
    seen.add(flow.UUID);
    budget.hold(1);
    batch.push(flow);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
