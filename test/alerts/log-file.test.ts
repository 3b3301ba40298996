/** Messages as lines of a file that does not grow without end. */
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { append } from '../../src/alerts/act/log-file.ts';
import { messageWith } from './message.ts';

const top = mkdtempSync(join(tmpdir(), 'skein-log-'));
const folder = join(top, 'alerts');
afterAll(() => rmSync(top, { recursive: true, force: true }));

const lines = (name: string) => readFileSync(join(folder, name), 'utf8').trim().split('\n');
const add = (ID: string) => append({ folder, name: 'lamps' }, messageWith({ ID }));

test('each is a line, in their order, for the owner alone', async () => {
  await Promise.all(['a', 'b', 'c'].map(add));
  expect(lines('lamps').map((line) => JSON.parse(line).ID)).toEqual(['a', 'b', 'c']);
  expect(statSync(join(folder, 'lamps')).mode & 0o777).toBe(0o600);
});

test('a file that is full is moved aside once, however many come at the same time', async () => {
  truncateSync(join(folder, 'lamps'), 16 * 2 ** 20);
  await Promise.all(['d', 'e', 'f'].map(add));
  expect(lines('lamps').map((line) => JSON.parse(line).ID)).toEqual(['d', 'e', 'f']);
  expect(statSync(join(folder, 'lamps.1')).size).toBe(16 * 2 ** 20);
  expect(readFileSync(join(folder, 'lamps.1'), 'utf8').slice(0, 200)).toContain('"ID":"a"');
});

test('one that cannot be written does not hold up the next', async () => {
  await expect(append({ folder: join(folder, 'lamps'), name: 'x' }, messageWith())).rejects.toThrow();
  await expect(add('g')).resolves.toBeUndefined();
});

test('a file that was moved aside, or whose folder was removed, begins anew', async () => {
  renameSync(join(folder, 'lamps'), join(folder, 'lamps.old'));
  await add('h');
  expect(lines('lamps').map((line) => JSON.parse(line).ID)).toEqual(['h']);
  rmSync(folder, { recursive: true });
  await add('i');
  expect(lines('lamps').map((line) => JSON.parse(line).ID)).toEqual(['i']);
});

test('what a kill left of a line is a line of its own', async () => {
  appendFileSync(join(folder, 'lamps'), '{"UUID":"u1","Na');
  await add('j');
  expect(JSON.parse(lines('lamps').at(-1) ?? '').ID).toBe('j');
});

test('a disk that is full is said in words', async () => {
  symlinkSync('/dev/full', join(folder, 'full'));
  const full = append({ folder, name: 'full' }, messageWith());
  await expect(full).rejects.toThrow(`${join(folder, 'full')} cannot be written: the disk is full (ENOSPC)`);
});
