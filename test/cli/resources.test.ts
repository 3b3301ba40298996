import type { Failure } from '../../src/cli/failure.ts';
import { meant, type Resource } from '../../src/cli/resources.ts';

const all: readonly Resource[] = [
  { UUID: 'aa11', Name: 'web' },
  { UUID: 'aa22', Name: 'web' },
  { UUID: 'bb33', Name: 'aa' },
  { UUID: 'cc44' },
];
const words = { noun: 'capture', make: 'skein capture start' };

test.each([
  ['aa22', 'aa22', 'by its whole id'],
  ['bb', 'bb33', 'by the beginning of its id'],
  ['CC', 'cc44', 'in capitals too'],
  ['aa', 'bb33', 'by its name before the beginning of others'],
])('%s means %s: %s', (word, id) => {
  expect(meant(all, word, words).UUID).toBe(id);
});

test.each([
  ['web', '2 captures are called "web"; say which:', 'aa11  web\naa22  web'],
  ['AA', '2 captures begin with "AA"; say which:', 'aa11  web\naa22  web'],
  ['wbe', 'there is no capture "wbe"', 'did you mean web?'],
  ['x', 'there is no capture "x"', 'there are\naa11  web\naa22  web\nbb33  aa\ncc44'],
])('of %s it is said that %s', (word, message, hint) => {
  expect(failureOf(() => meant(all, word, words))).toMatchObject({ message, hint });
});

test('where there is none, it is said how to make one', () => {
  expect(failureOf(() => meant([], 'x', words))).toMatchObject({ hint: 'there is none: skein capture start' });
});

function failureOf(act: () => unknown): Failure | undefined {
  try {
    act();
  } catch (error) {
    return error as Failure;
  }
  return undefined;
}
