import fc from 'fast-check';
import { parseToml } from '../../src/std/toml.ts';

test('tables, lists of tables, dotted and quoted keys', () => {
  expect(
    parseToml(`
title = "x" # a comment
a.b."c.d" = 1
[owner]
name = 'Tom\\n'
[[fruit]]
name = "apple"
[fruit.size]
cm = 7.5
[[fruit]]
name = "pear"
`),
  ).toEqual({
    title: 'x',
    a: { b: { 'c.d': 1 } },
    owner: { name: 'Tom\\n' },
    fruit: [{ name: 'apple', size: { cm: 7.5 } }, { name: 'pear' }],
  });
});

test('every kind of value', () => {
  expect(
    parseToml(`
int = +1_000
hex = 0xff
oct = 0o17
bin = 0b101
float = -1.5e3
yes = true
when = 1979-05-27T07:32:00Z
list = [1, [2, 3],
  # inside
  "x", ]
inline = { a = 1, b.c = "d" }
escaped = "tab\\t \\u00e9 \\U0001F600"
long = """
one \\
   two"""
raw = '''a''b'''
`),
  ).toEqual({
    int: 1000,
    hex: 255,
    oct: 15,
    bin: 5,
    float: -1500,
    yes: true,
    when: '1979-05-27T07:32:00Z',
    list: [1, [2, 3], 'x'],
    inline: { a: 1, b: { c: 'd' } },
    escaped: 'tab\t é 😀',
    long: 'one two',
    raw: "a''b",
  });
});

test('a mistake names its line', () => {
  expect(() => parseToml('a = 1\nb = \n')).toThrow('line 2: expected a value');
  expect(() => parseToml('a = 1\na.b = 2')).toThrow('line 2: expected a to be a table');
  expect(() => parseToml('a = 1 b = 2')).toThrow('line 1: expected the end of the line');
  expect(() => parseToml(`a = ${'['.repeat(5000)}`)).toThrow('no more than 100 levels');
});

test('what JSON and TOML both can say is read the same', () => {
  const word = fc.stringMatching(/^[a-z]{1,5}$/);
  const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.string());
  fc.assert(
    fc.property(fc.dictionary(word, fc.oneof(scalar, fc.array(scalar))), (table) => {
      const text = Object.entries(table).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
      expect(parseToml(text.join('\n'))).toEqual({ ...table });
    }),
  );
});

test('any text is read or refused with a line', () => {
  const parts = fc.constantFrom(
    '[',
    ']',
    '[[',
    '=',
    '.',
    '"',
    "'",
    '"""',
    '\n',
    'a',
    '1',
    '{',
    '}',
    ',',
    '#',
    ' ',
    '\\',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.array(parts), (words) => {
      try {
        parseToml(words.join(''));
      } catch (error) {
        expect(String(error)).toMatch(/^Error: line \d+: expected /);
      }
    }),
    { numRuns: 500 },
  );
});
