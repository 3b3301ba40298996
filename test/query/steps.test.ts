import { steps } from '../../src/query/steps/index.ts';
import { ask, lines } from './ask.ts';

for (const { name, example } of steps) {
  test(`${name}: its own example holds`, async () => {
    expect(lines(await ask(example.on, example.query))).toEqual(example.gives);
  });
}

test('no two steps share a name in any case', () => {
  const names = steps.flatMap(({ name, aliases = [] }) => [name, ...aliases]).map((name) => name.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
});
