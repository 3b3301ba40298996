import { backoff } from '../../src/std/backoff.ts';

const longest = () => backoff({ firstMs: 1000, maxMs: 60_000, random: () => 0.999_999 });

test('waits double up to the longest', () => {
  const waits = longest();
  expect(Array.from({ length: 8 }, () => Math.round(waits.next() / 1000))).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test('jitter takes away up to half', () => {
  expect(backoff({ firstMs: 1000, maxMs: 60_000, random: () => 0 }).next()).toBe(500);
});

test('after it went well the wait is short again', () => {
  const waits = longest();
  waits.next();
  waits.next();
  waits.reset();
  expect(Math.round(waits.next())).toBe(1000);
});
