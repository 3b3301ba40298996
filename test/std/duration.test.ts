import { parseDuration } from '../../src/std/duration.ts';

test.each([
  ['300ms', 300],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['1m0.5s', 60_500],
  ['1.5s', 1500],
  ['.5s', 500],
  ['2us', 0],
  ['1500µs', 2],
  ['2d', 172_800_000],
  ['1w', 604_800_000],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', '0', 'm', '5x', '5m5', '-5m', ' 5m', '5 m', '1..5s', `${'9'.repeat(30)}w`])(
  '%j is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
