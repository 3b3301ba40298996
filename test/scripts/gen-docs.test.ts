import { pages, stalePages } from '../../scripts/gen-docs.ts';

test('the reference pages are as the code would write them (node scripts/gen-docs.ts)', () => {
  expect(stalePages()).toEqual([]);
});

test.each([...pages.keys()])('%s says something about everything it lists', (name) => {
  const text = pages.get(name)?.() ?? '';
  expect(text).not.toMatch(/undefined|\[object/);
  // A probe that only ties what others show says little.
  const least = name.startsWith('probes/') ? 8 : 20;
  expect(text.split('\n').filter((line) => line.length > 0).length).toBeGreaterThan(least);
});
