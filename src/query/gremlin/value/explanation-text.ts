/** `explain()` as text: each strategy with the steps after it. */
import type { TraversalExplanation } from './value.ts';

export function explanationText({ original, intermediate, final }: TraversalExplanation): string {
  const rows = [
    ['Original Traversal', '', original],
    ...intermediate.map(({ strategy, category, steps }) => [strategy, `[${category.slice(0, 1)}]`, steps] as const),
    ['Final Traversal', '', final],
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(
    ([name, category, steps]) => `${name.padEnd(width)} ${category.padEnd(5)} [${steps.join(', ')}]`,
  );
  const [first = '', ...others] = lines;
  const last = others.pop() ?? '';
  const rule = '='.repeat(Math.max(...lines.map((line) => line.length)));
  return ['Traversal Explanation', rule, first, '', ...others, '', last].join('\n');
}
