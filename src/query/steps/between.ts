import { moments } from '../arguments.ts';
import { viewBetween } from '../past.ts';
import { defineStep } from '../step.ts';
import { spanOf } from '../times.ts';
import { setView } from './at.ts';

export const between = defineStep({
  name: 'Between',
  dialect: ['skydive'],
  doc: 'Asks about every version there was from one moment up to, not including, another.',
  args: moments,
  example: { on: 'host:h1', query: "G.Between(1, 'now').V()", gives: ['host:h1'] },
  gives: { start: 'start' },
  gather: (moments) => (_input, run) => {
    const { time, view } = viewBetween(spanOf(moments, run), run);
    return setView(run, time, view);
  },
});
