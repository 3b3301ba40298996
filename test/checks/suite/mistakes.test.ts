import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseSuites } from '../../../src/checks/suite/parse.ts';
import { Mistake } from '../../../src/std/mistake.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

test('a file with every mistake in it is told of all of them at once, each with its place and what would do', () => {
  const text = readFileSync(join(fixtures, 'every-mistake.check.yaml'), 'utf8');
  const told = readFileSync(join(fixtures, 'every-mistake.txt'), 'utf8').trimEnd().split('\n');
  expect(mistakesIn(text, { API_TOKEN: 'x' })).toEqual(told);
});

test.each<[string, string, string]>([
  ['a bomb of aliases', bomb(), 'more than 500000 values, aliases counted at each use (values)'],
  ['an alias within what it names', 'apiVersion: &a [*a]', 'nothing before it is named &a'],
  ['thousands of brackets', '['.repeat(20_000), 'nested deeper than 32 (depth)'],
  ['a nesting that is well formed', `${'['.repeat(40)}${']'.repeat(40)}`, 'nested deeper than 32 (depth)'],
  ['two megabytes', `# ${'x'.repeat(2 ** 21)}`, 'more than 2097152 (fileChars)'],
  ['nothing', '', 'there is nothing in it'],
  ['a word', 'hello', 'a suite is a map'],
  ['two keys of one name', 'kind: CheckSuite\nkind: CheckSuite', 'f:2:1: this key is there already'],
  [
    'a table with an empty corner',
    suiteOf('  - name: t\n    matrix:\n      table: |\n            a b\n        a . .\n'),
    'f:',
  ],
])('%s is refused in a sentence', (_, text, sentence) => {
  const told = mistakesIn(text);
  expect(told.join('\n')).toContain(sentence);
});

test.each([
  ['the name of an endpoint', { endpoints: { a: { name: { toString: {} } } } }],
  ['the address of an endpoint', { endpoints: { a: { ip: [{ toString: {} }] } } }],
  ['the name of a suite', { metadata: { name: { toString: {} } } }],
])('%s that is no text is refused in a sentence', (_, part) => {
  const text = JSON.stringify({
    apiVersion: 'checks/v1',
    kind: 'CheckSuite',
    metadata: { name: 'x' },
    checks: [],
    ...part,
  });
  expect(mistakesIn(text).join('\n')).toMatch(/is (a map|a list)/);
});

test.each<[string, string, boolean]>([
  ['now', '-5m', true],
  ['-1m', '-5m', true],
  ['-5m', 'now', false],
  ['2026-01-02T00:00:00Z', '1767225600', true],
  ['rev:9', 'rev:3', true],
  // Only when it is run is it known which comes first.
  ['-5m', '2026-01-02T00:00:00Z', false],
])('of a span from %s to %s it is said that it ends before it begins: %s', (from, to, isWrong) => {
  for (const body of [
    `between: { from: ${JSON.stringify(from)}, to: ${JSON.stringify(to)} }, query: G.V().Count(), expect: { min: 0 }`,
    `changed: { from: ${JSON.stringify(from)}, to: ${JSON.stringify(to)} }, expect: { added: 0 }`,
  ]) {
    const told = mistakesIn(suiteOf(`  - { name: s, ${body} }\n`)).join('\n');
    expect(told.includes(`"${from}" is after "${to}"`)).toBe(isWrong);
    expect(told === '').toBe(!isWrong);
  }
});

test('10,001 checks are too many, and are read in a moment', () => {
  const check = "  - { name: a, query: 'G.V().Count()', expect: { min: 0 } }\n";
  const startedAt = performance.now();
  expect(mistakesIn(suiteOf(check.repeat(10_001)))).toEqual([
    'f:10005:5: these are more than 10000 checks (checks) | make several runs of it',
  ]);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test('a mistake in a query is shown where it stands within the query', () => {
  const text = suiteOf('  - name: q\n    query: "G.V().Haz(\'Type\')"\n    expect: { min: 1 }\n');
  expect(mistakesIn(text)).toEqual(['f:6:19: no step named "Haz" | did you mean Has?']);
  const standard = suiteOf('  - name: q\n    query: g.V().haz()\n    expect: { min: 1 }\n');
  expect(mistakesIn(standard).join()).toMatch(/^f:6:\d+: /);
});

test('mistakes of several files come in the order of the files', () => {
  const files = ['b', 'a'].map((file) => ({ file, text: 'kind: no' }));
  const told = faultsOf(() => parseSuites(files));
  expect(told.filter((line) => line.includes('"kind"')).map((line) => line.slice(0, 2))).toEqual(['b:', 'a:']);
});

test('no text makes the parser throw anything but a Mistake', () => {
  const words = readFileSync(join(fixtures, 'every-mistake.check.yaml'), 'utf8').split(/(?=[\s{}[\],:"'])/);
  const near = fc.array(
    fc.constantFrom(
      ...words,
      ':',
      '- ',
      '\n',
      '&a ',
      '*a',
      '<<: ',
      '!!set ',
      '? ',
      '|',
      '>-',
      '%YAML 1.1\n',
      '---\n',
      '\u0000',
      '__proto__: ',
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        near.map((parts) => parts.join('')),
        near.map((parts) => suiteOf(parts.join(''))),
      ),
      (text) => {
        faultsOf(() => parseSuites([{ file: 'f', text }]));
      },
    ),
    { numRuns: 300 },
  );
});

test('no value under any key makes the parser throw anything but a Mistake', () => {
  const keys = [
    'name',
    'id',
    'reach',
    'path',
    'query',
    'changed',
    'matrix',
    'metric',
    'workflow',
    'expect',
    'from',
    'to',
    'table',
    'min',
    'equals',
    'count',
    'tags',
    'retry',
    'at',
    'between',
    'proto',
    'port',
    'toString',
    '__proto__',
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 0, -1, 1e300, 'G.V()', 'tcp', '5m', '+', 'netns:a', `$\{x}`, ''),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5 }),
    ),
  }));
  const head = { apiVersion: 'checks/v1', kind: 'CheckSuite', metadata: { name: 'x' } };
  fc.assert(
    fc.property(value, value, value, (checks, defaults, endpoints) => {
      const text = JSON.stringify({ ...head, checks, defaults, endpoints });
      faultsOf(() => parseSuites([{ file: 'f', text }]));
    }),
    { numRuns: 300 },
  );
});

function mistakesIn(text: string, env: Record<string, string> = {}): string[] {
  return faultsOf(() => parseSuites([{ file: 'f', text }], { vars: {}, env, allowed: new Set() }));
}

/** What is wrong, a line each; nothing when nothing is. */
function faultsOf(act: () => unknown): string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return error.faults.map(({ message, hint }) => (hint === undefined ? message : `${message} | ${hint}`));
  }
}

function suiteOf(checks: string): string {
  return `apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: x }\nchecks:\n${checks}`;
}

function bomb(): string {
  const levels = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => pair.split('')))
    levels.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`);
  return levels.join('\n');
}
