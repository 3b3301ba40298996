import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { batchOf } from './kill/batches.ts';

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skein-private-'));
  directory = join(root, 'data', 'archive');
});
afterEach(() => rmSync(root, { recursive: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const modes = () => Object.fromEntries(readdirSync(directory).map((name) => [name, modeOf(join(directory, name))]));

async function keepSomething(): Promise<void> {
  await using archive = await openEmbeddedArchive({ directory });
  await archive.append(batchOf(0, 1));
}

test('what it makes is for its owner alone', async () => {
  await using archive = await openEmbeddedArchive({ directory });
  await archive.append(batchOf(0, 1));
  expect(modes()).toEqual({
    'skein.db': '600',
    'skein.db-shm': '600',
    'skein.db-wal': '600',
    'skein.lock': '600',
    'skein.lock-journal': '600',
    'skein.pid': '600',
  });
  expect([modeOf(directory), modeOf(join(root, 'data'))]).toEqual(['700', '700']);
});

test('what an earlier run left open to others is closed to them, and kept', async () => {
  await keepSomething();
  chmodSync(directory, 0o755);
  for (const name of readdirSync(directory)) chmodSync(join(directory, name), 0o644);
  await using archive = await openEmbeddedArchive({ directory });
  expect((await archive.health()).versions).toBeGreaterThan(0);
  expect(modeOf(directory)).toBe('700');
  expect(new Set(Object.values(modes()))).toEqual(new Set(['600']));
});

test('what belongs to others stays as it is: files, what a link points to, the directory they share', async () => {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
  const letter = join(directory, 'letter');
  const elsewhere = join(root, 'elsewhere');
  for (const file of [letter, elsewhere]) {
    writeFileSync(file, '');
    chmodSync(file, 0o644);
  }
  symlinkSync(elsewhere, join(directory, 'skein.link'));
  await keepSomething();
  await keepSomething();
  expect([letter, elsewhere, directory].map(modeOf)).toEqual(['644', '644', '755']);
  expect(modeOf(join(directory, 'skein.db'))).toBe('600');
});
