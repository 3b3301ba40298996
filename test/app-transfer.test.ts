import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runArchiveTask } from '../src/app-transfer.ts';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { fill } from './archive/dump-contract.ts';
import { skein } from './cli/terminal.ts';

test('an archive goes to a file and from there into another, which is found to be right', async () => {
  await using folder = temporary();
  const [from, to, file] = ['from', 'to', 'past.jsonl.gz'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  {
    await using archive = await openEmbeddedArchive({ directory: from, maxAgeMs: 1e14 });
    await fill(archive, 20);
  }
  const run = (...words: string[]) => skein(['archive', ...words], { archive: runArchiveTask });
  const out = await run('export', file, '--archive', `embedded:${from}`);
  expect([out.exitCode, out.err]).toEqual([
    0,
    expect.stringMatching(/^24 versions, 1 samples, 22 flows, 2 losses, 22 sockets written to /),
  ]);
  expect((await run('import', file, '--archive', `embedded:${to}`)).exitCode).toBe(0);
  const again = await run('import', file, '--archive', `embedded:${to}`);
  expect(again.err).toMatch(/; 71 of 71 were there already/);
  const verified = await run('verify', '--archive', `embedded:${to}`);
  expect(verified).toMatchObject({ exitCode: 0, out: expect.stringMatching(/: all of it is as it should be\n$/) });
});

test('an archive that another process has is left alone, and says who has it', async () => {
  await using folder = temporary();
  await using _archive = await openEmbeddedArchive({ directory: folder.path });
  const { exitCode, err } = await skein(['archive', 'verify', '--archive', `embedded:${folder.path}`], {
    archive: runArchiveTask,
  });
  expect([exitCode, err]).toEqual([
    2,
    expect.stringContaining(`another Skein (process ${process.pid}) keeps its history here`),
  ]);
});

test.each<[readonly string[], RegExp]>([
  [['verify', '--archive', 'embedded:/nowhere/at/all'], /there is no archive in \/nowhere\/at\/all/],
  [['verify', '--archive', 'sqlite:x'], /"sqlite:x" is no place of an archive/],
  [['export', 'x', '--archive', 'embedded:/nowhere', '--from', 'soon'], /"soon" is no moment/],
  [['export', 'x', '--archive', 'embedded:/nowhere', '--from', '-1h', '--to', '-2h'], /-1h is after -2h/],
  [['import', '/nowhere/x', '--archive', 'embedded:/nowhere'], /there is no file \/nowhere\/x/],
])('what cannot be is told: %s', async (words, said) => {
  const { exitCode, err } = await skein(['archive', ...words], { archive: runArchiveTask });
  expect([exitCode, err]).toEqual([2, expect.stringMatching(said)]);
});

function temporary() {
  const path = mkdtempSync(join(tmpdir(), 'skein-app-transfer-'));
  return { path, [Symbol.asyncDispose]: async () => rmSync(path, { recursive: true }) };
}
