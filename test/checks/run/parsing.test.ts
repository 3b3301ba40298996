import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsedAside } from '../../../src/checks/run/parsing.ts';
import { noVariables, parseSuites } from '../../../src/checks/suite/parse.ts';

const never = new AbortController().signal;
const shop = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'shop.check.yaml'), 'utf8');
const many = (count: number) =>
  `apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: many }\nchecks:\n${Array.from(
    { length: count },
    (_, at) => `  - { id: Q${at}, name: q, query: "G.V().Has('Type', 'netns').Count()", expect: { min: 1 } }`,
  ).join('\n')}\n`;
const source = (text: string) => [{ file: 'a.yaml', text }];

test('what is read in a thread is what is read on the spot, in pieces or whole', async () => {
  // An anchor sends it aside however short it is.
  const files = [...source(many(150)), { file: 'shop.yaml', text: `# &\n${shop}` }];
  const variables = { vars: {}, env: { CI_START: '-1h' }, allowed: new Set<string>() };
  const { suites, warnings } = parseSuites(files, variables);
  expect(await parsedAside(files, variables, never)).toEqual({ suites, warnings });
  expect(suites.map(({ checks }) => checks.length)[0]).toBe(150);
}, 20_000);

test('mistakes found in a thread are told as they are told on the spot', async () => {
  const text = `${many(120)}  - { name: wrong, queri: x }\n`;
  const here = await caught(async () => parseSuites(source(text)));
  expect(await caught(() => parsedAside(source(text), noVariables, never))).toEqual(here);
  expect(here).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/^a\.yaml:125:/) }));
}, 20_000);

test('a suite that takes too long, or too much memory, is refused with a sentence, and others do not wait for it', async () => {
  // What this thread did, and not how long others kept it from doing it.
  const before = process.threadCpuUsage();
  const long = parsedAside(source(many(9_000)), noVariables, never, { ms: 300 });
  await expect(long).rejects.toThrow('reading the suites took longer than 0.3 s');
  const { user } = process.threadCpuUsage(before);
  expect(user / 1000).toBeLessThan(250);
  const large = parsedAside(source(`- [${'{},'.repeat(60_000)}]`), noVariables, never, { heapMb: 32 });
  await expect(large).rejects.toThrow('reading the suites takes more than 32 MiB');
}, 60_000);

test('nobody waits any more: the thread ends', async () => {
  const gone = new AbortController();
  const reading = parsedAside(source(many(9_000)), noVariables, gone.signal);
  gone.abort(new Error('gone'));
  await expect(reading).rejects.toThrow('gone');
});

async function caught(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return (error as { faults?: unknown }).faults;
  }
  throw new Error('nothing is wrong with it');
}
