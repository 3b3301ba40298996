import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchDirectory } from '../../src/probes/directory.ts';
import { eventually } from '../eventually.ts';

let root: string;
let stop: AbortController;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sk-directory-'));
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  rmSync(root, { recursive: true });
});

function heard(path: string) {
  const names: (string | undefined)[] = [];
  watchDirectory(path, (name) => names.push(name), stop.signal);
  return names;
}

test('entries that come and go say their names', async () => {
  const names = heard(root);
  expect(names).toEqual([undefined]);
  writeFileSync(join(root, 'a'), '');
  await eventually(() => expect(names).toContain('a'));
  names.length = 0;
  rmSync(join(root, 'a'));
  await eventually(() => expect(names).toContain('a'));
});

test('a directory that appears later, with its parents, is watched then', async () => {
  const path = join(root, 'x/y/z');
  const names = heard(path);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'early'), '');
  await eventually(() => expect(names.length).toBeGreaterThan(1));
  writeFileSync(join(path, 'late'), '');
  await eventually(() => expect(names).toContain('late'));
});

test('a directory that is removed or renamed and made again is watched again', async () => {
  const path = join(root, 'd');
  mkdirSync(path);
  const names = heard(path);
  for (const away of [() => rmSync(path, { recursive: true }), () => renameSync(path, `${path}-old`)]) {
    names.length = 0;
    away();
    await eventually(() => expect(names).toContain(undefined));
    mkdirSync(path);
    await eventually(() => {
      writeFileSync(join(path, 'again'), 'x');
      expect(names).toContain('again');
    });
  }
});

test('after the signal nothing is heard', async () => {
  const names = heard(root);
  stop.abort();
  writeFileSync(join(root, 'a'), '');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(names).toEqual([undefined]);
});
