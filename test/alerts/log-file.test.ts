/** Messages as lines of a file that does not grow without end. */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
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
