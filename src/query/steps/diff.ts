import type { Element } from '../../graph/element.ts';
import { moments } from '../arguments.ts';
import { defineStep } from '../step.ts';
import { spanOf } from '../times.ts';
import { warnOfGaps } from '../unwatched.ts';

export const diff = defineStep({
  name: 'Diff',
  dialect: ['skydive'],
  doc: 'What was added, removed and changed from one moment to another, of everything or of these elements.',
  args: moments,
  example: { on: 'host:h1', query: "G.Diff('now', 'now').Count()", gives: ['0'] },
  gives: { start: 'differences', nodes: 'differences', edges: 'differences' },
  gather: (moments, takes) => async (input: readonly Element[], run) => {
    const span = spanOf(moments, run);
    const differences = await run.timeline.diff(span);
    warnOfGaps(run, span);
    if (takes === 'start') return differences;
    const ids = new Set(input.map(({ id }) => id));
    return differences.filter(({ before, after }) => ids.has((after ?? before)?.id ?? ''));
  },
});
