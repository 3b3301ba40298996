/** What `explain()` tells: the steps as they were asked, and as they run. */
import type { Compiled } from '../compile/compile.ts';
import { TraversalExplanation } from '../value/value.ts';
import { wordsOf } from './step-words.ts';

export function explanationOf({ asked, bytecode, options, placed }: Compiled): TraversalExplanation {
  const original = asked.steps.map(wordsOf);
  const rewritten = bytecode.steps.map(wordsOf);
  const final = placed.map(({ op }) => op.words ?? op.kind);
  const decorations = [...options.strategies.keys()].map((strategy) => ({
    strategy,
    category: 'D',
    steps: rewritten,
  }));
  return new TraversalExplanation(
    original,
    [...decorations, { strategy: 'LazyBarrierStrategy', category: 'O', steps: final }],
    final,
  );
}
