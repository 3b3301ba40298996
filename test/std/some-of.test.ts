import { someOf } from '../../src/std/some-of.ts';

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a, b'],
  [['a', 'b', 'c'], 'a, b and 1 more'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b and 3 more'],
])('of %p two are named', (all, text) => {
  expect(someOf(all, 2)).toBe(text);
});
