/** Suites and pipelines in docs/checks.md are right, and its mistakes are told as it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseSuites } from '../src/checks/suite/parse.ts';
import { program } from '../src/cli/program.ts';

const text = readFileSync(join(import.meta.dirname, '..', 'docs', 'checks.md'), 'utf8');
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml as string);
const suites = blocks.filter((yaml) => yaml.includes('kind: CheckSuite'));

test('the suites have no mistakes, and nothing in them is of no use', () => {
  expect(suites.length).toBeGreaterThan(0);
  const files = suites.map((suite, index) => ({ file: `block ${index}`, text: suite }));
  const variables = { vars: {}, env: { CI_START: '-1h' }, allowed: new Set<string>() };
  expect(parseSuites(files, variables).warnings).toEqual([]);
});

test('the pipelines are YAML, and call what there is', async () => {
  const others = blocks.filter((yaml) => !yaml.includes('kind: CheckSuite'));
  expect(others.map((yaml) => Object.keys(parse(yaml)))).toEqual([['name', 'on', 'jobs'], ['connected'], ['repos']]);
  const calls = [...text.matchAll(/skein check( [^#\n`,]*)/g)].flatMap(
    ([, words = '']) => words.match(/--[a-z-]+/g) ?? [],
  );
  expect(calls.length).toBeGreaterThan(5);
  const session = sessionOf();
  const root = program(session);
  const check = root.commands.find((command) => command.name() === 'check');
  if (!check) throw new Error('there is no command check');
  (await import('../src/cli/commands/check.ts')).define(check, session);
  const known = new Set(check.commands.flatMap((command) => command.options.map(({ long }) => long)));
  expect(calls.filter((option) => !known.has(option))).toEqual([]);
});

test('the mistakes are told as the page has them', () => {
  const wrong = (suites[0] as string).replace('proto: tcp', 'proto: tpc');
  const line = wrong.split('\n').findIndex((one) => one.includes('tpc')) + 1;
  const told = text.match(/^skein: net\.check\.yaml:\d+:\d+: ("proto" .*)\n {2}(.*)$/m);
  try {
    parseSuites([{ file: 'f', text: wrong }], { vars: {}, env: { CI_START: '-1h' }, allowed: new Set() });
    throw new Error('there is a mistake in it');
  } catch (error) {
    const { faults } = error as { faults: { message: string; hint: string }[] };
    expect(faults).toMatchObject([{ message: expect.stringMatching(`^f:${line}:\\d+: `), hint: told?.[2] }]);
    expect(faults[0]?.message.endsWith(told?.[1] as string)).toBe(true);
  }
});

function sessionOf(): Parameters<typeof program>[0] {
  const sink = { write: () => undefined, isTerminal: false, columns: undefined };
  const io = {
    out: sink,
    err: sink,
    readInput: async () => '',
    async *inputPieces() {},
    env: {},
    now: () => 0,
    interrupted: new AbortController().signal,
  };
  const none = async () => 0;
  return {
    io,
    run: none,
    graphs: none,
    archive: none,
    open: none,
    tryAddon: async () => undefined,
    grow: async () => undefined,
    exitCode: 0,
  };
}
