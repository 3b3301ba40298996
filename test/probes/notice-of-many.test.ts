import { NoticeOfMany } from '../../src/probes/notice-of-many.ts';

function heard() {
  const said: (string | undefined)[] = [];
  const notice = new NoticeOfMany<'shut' | 'old'>((text) => said.push(text), {
    shut: (some) => `${some} cannot be read`,
    old: (some) => `${some} is old`,
  });
  return { said, notice };
}

test('what is so of some is one sentence, in the order of their names, and each thing has its own', () => {
  const { said, notice } = heard();
  notice.set('old', 'b', true);
  notice.set('shut', 'b', true);
  notice.set('shut', 'a', true);
  expect(said).toEqual(['b is old', 'b cannot be read; b is old', 'a, b cannot be read; b is old']);
});

test('what is said already is not said again, and nothing any more is undefined', () => {
  const { said, notice } = heard();
  notice.set('shut', 'a', true);
  notice.set('shut', 'a', true);
  notice.set('old', 'a', false);
  notice.gone('b');
  expect(notice.has('shut', 'a')).toBe(true);
  notice.gone('a');
  expect(said).toEqual(['a cannot be read', undefined]);
});

test('of many only some are named', () => {
  const { said, notice } = heard();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) notice.set('shut', name, true);
  expect(said.at(-1)).toBe('a, b, c, d, e and 2 more cannot be read');
});
