import { shifted } from '../../src/graph/shifted.ts';
import { readGraph } from '../../src/graph/text.ts';
import type { GraphView, Timeline } from '../../src/graph/view.ts';

const asked: unknown[] = [];
const answering =
  (name: string) =>
  (...args: unknown[]) => {
    asked.push([name, ...args]);
    return name as never;
  };

const timeline: Timeline = {
  now: answering('now'),
  at: answering('at'),
  between: answering('between'),
  history: answering('history'),
  diff: answering('diff'),
  samples: answering('samples'),
  timeOf: answering('timeOf'),
  range: answering('range'),
};

const now = readGraph('netns:blue').now();
const then: GraphView = { ...now, time: { from: 5, to: 5 } };

test('a view of the past is now, and all else is asked of the timeline as it was asked', async () => {
  const its = shifted(timeline, then);
  expect(its.now()).toBe(then);
  const span = { from: 1, to: 2 };
  const wanted = { of: 'nodes', passes: () => true, equals: [] } as const;
  await its.at(3, wanted);
  await its.between(span);
  await its.history(['a'], span);
  await its.diff(span);
  await its.samples(['a'], 'Metric', span);
  its.timeOf(7);
  its.range();
  expect(asked).toEqual([
    ['at', 3, wanted],
    ['between', span],
    ['history', ['a'], span],
    ['diff', span],
    ['samples', ['a'], 'Metric', span],
    ['timeOf', 7],
    ['range'],
  ]);
});

test('where nobody tells of gaps there are none, and those that are told are told', () => {
  const span = { from: 1, to: 9 };
  const gap = { from: 2, to: 3 };
  expect(shifted(timeline, then).unwatched?.(span)).toEqual([]);
  expect(shifted({ ...timeline, unwatched: () => [gap] }, then).unwatched?.(span)).toEqual([gap]);
});

test('a view of now changes nothing', () => {
  expect(shifted(timeline, now)).toBe(timeline);
});
