/** Times at which nobody was watching: what is told of them is what was known before, and that is said. */
import type { Span } from '../graph/view.ts';
import type { World } from './step.ts';
import { timeText } from './times.ts';

/** Gaps that are named one by one. */
const NAMED_MAX = 3;

export function warnOfGaps(run: Pick<World, 'timeline' | 'warn'>, span: Span): void {
  const gaps = run.timeline.unwatched?.(span) ?? [];
  if (gaps.length === 0) return;
  const named = gaps.slice(0, NAMED_MAX).map(({ from, to }) => `from ${timeText(from)} to ${timeText(to)}`);
  const more = gaps.length > NAMED_MAX ? ` and ${gaps.length - NAMED_MAX} times more` : '';
  run.warn({
    code: 'query.unwatched',
    message: `nobody was watching ${named.join(', ')}${more}: of then, what was last known is told`,
  });
}
