/** Examples in docs/query.md that say what comes out: a graph and flows behind `#`, queries, answers behind `=>`. */
import { readFileSync } from 'node:fs';
import { ask, lines } from './ask.ts';

const page = readFileSync(new URL('../../docs/query.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```\n(# [^`]*)```$/gm)].map(([, block]) => block as string);

test('there are such examples', () => {
  expect(blocks.length).toBeGreaterThan(0);
});

for (const block of blocks) {
  const world = [...block.matchAll(/^# (.*)$/gm)].map(([, line]) => line).join('\n');
  const asked = [...block.matchAll(/^skein query "(.*)"\n((?:=> .*\n)*)/gm)];
  test.each(asked.map(([, query = '', said = '']) => ({ query, said })))('$query', async ({ query, said }) => {
    const answer = await ask(world, query);
    expect(
      lines(answer)
        .map((line) => `=> ${line}\n`)
        .join(''),
    ).toBe(said);
    expect(answer.warnings).toEqual([]);
  });
}
