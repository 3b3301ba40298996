import type { Element } from '../../graph/element.ts';
import type { Span } from '../../graph/view.ts';
import { nothing } from '../arguments.ts';
import { inBatches } from '../batches.ts';
import { defineStep, type Run } from '../step.ts';

export const history = defineStep({
  name: 'History',
  dialect: ['skydive'],
  doc: 'All versions of each that are kept, oldest first; after At(t) those until then, in a span those of the span.',
  args: nothing,
  example: { on: 'host:h1', query: 'G.V().History()', gives: ['host:h1 1'] },
  gives: { nodes: 'history', edges: 'history' },
  gather: () => (input: readonly Element[], run) => {
    const ids = [...new Set(input.map(({ id }) => id))];
    const span = pastSpan(run);
    return ids.length === 0 ? [] : inBatches(ids, run, (some) => run.timeline.history(some, span));
  },
});

/** At a moment: all until then. */
export function pastSpan({ view: { time }, timeline }: Pick<Run, 'view' | 'timeline'>): Span | undefined {
  if (time === undefined || time.from !== time.to) return time;
  return { from: Math.min(time.from, timeline.range().from), to: time.to };
}
