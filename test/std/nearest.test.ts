import { didYouMean, nearest } from '../../src/std/nearest.ts';

test.each([
  ['Dedub', 'Dedup'],
  ['dedup', 'Dedup'],
  ['Dedpu', 'Dedup'],
  ['edup', 'Dedup'],
  ['Degree', undefined],
  ['X', undefined],
  ['D'.repeat(100_000), undefined],
])('of Dedup, Limit and V, "%.10s" means %s', (word, meant) => {
  expect(nearest(word, ['Limit', 'Dedup', 'V'])).toBe(meant);
});

test('of two that are as near the first is meant', () => {
  expect(nearest('eth', ['eth1', 'eth0'])).toBe('eth1');
});

test('what is near is asked for, what is not is passed over', () => {
  expect(didYouMean('listn', ['listen'])).toBe('did you mean listen?');
  expect(didYouMean('listn', [])).toBeUndefined();
});
