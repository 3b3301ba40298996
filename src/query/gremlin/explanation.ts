/** What `explain()` tells: the steps as they were asked, and as they run. */
import type { Compiled } from './compile.ts';
import { TraversalExplanation } from './value/value.ts';

export function explanationOf({ bytecode, placed }: Compiled): TraversalExplanation {
  const original = bytecode.steps.map(({ name }) => name);
  return new TraversalExplanation(
    original,
    [],
    placed.map(({ op }) => op.words ?? op.kind),
  );
}
