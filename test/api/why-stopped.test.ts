import { stoppedOf } from '../../src/api/why-stopped.ts';
import type { FlowMetric } from '../../src/flow/flow.ts';

function point(Start: number, Last: number, ABPackets: number, BAPackets: number): FlowMetric {
  return { Start, Last, ABPackets, ABBytes: 100 * ABPackets, BAPackets, BABytes: 100 * BAPackets };
}

test('a conversation without packets has not stopped', () => {
  expect(stoppedOf([])).toBeUndefined();
  expect(stoppedOf([[point(10, 20, 0, 0)]])).toBeUndefined();
});

test('requests that go on without an answer: it worked when the last answer came, somewhere in that point', () => {
  const place = [point(0, 9, 5, 5), point(10, 19, 5, 2), point(20, 29, 5, 0), point(30, 39, 5, 0)];
  expect(stoppedOf([place])).toEqual({ good: 10, last: 19 });
});

test('the place where it ends first says when, however late the others saw something', () => {
  const near = [point(0, 9, 5, 5), point(10, 19, 5, 5), point(20, 29, 5, 0)];
  const far = [point(1, 8, 5, 5), point(11, 14, 3, 3)];
  expect(stoppedOf([near, far])).toEqual({ good: 11, last: 14 });
});

test('an answer that is lost on its way back: who sends it goes on', () => {
  const near = [point(0, 9, 5, 5), point(10, 19, 5, 0), point(20, 29, 5, 0)];
  const far = [point(0, 9, 5, 5), point(10, 19, 5, 5), point(20, 29, 5, 5)];
  expect(stoppedOf([near, far])).toEqual({ good: 0, last: 9 });
});

test('a place that it does not pass any more says nothing while others see it both ways', () => {
  const left = [point(0, 5, 5, 5)];
  const stays = [point(0, 9, 5, 5), point(10, 19, 5, 5), point(20, 29, 5, 0)];
  expect(stoppedOf([left, stays])).toEqual({ good: 10, last: 19 });
});

test('what is sent one way only has stopped when it came the last time to where it stops first', () => {
  expect(stoppedOf([[point(0, 9, 5, 0), point(10, 19, 5, 0)], [point(0, 9, 5, 0)]])).toEqual({ good: 0, last: 9 });
});
