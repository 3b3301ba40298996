import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLoopback, needsToken } from '../../src/config/token.ts';
import { tokenOf } from '../../src/config/token-file.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-token-'));
afterAll(() => rmSync(folder, { recursive: true }));

const here = { host: '127.0.0.1', port: 8082 };
const everywhere = { host: '::', port: 8082 };

test('loopback needs none, every other address does', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].map((host) => isLoopback({ host, port: 1 }))).not.toContain(
    false,
  );
  expect(['0.0.0.0', '::', '10.0.0.1', '127.example.org'].map((host) => isLoopback({ host, port: 1 }))).not.toContain(
    true,
  );
  expect(needsToken({ listen: everywhere })).toBe(true);
});

test('where none is needed none is made', () => {
  const tokenFile = join(folder, 'none');
  expect(tokenOf({ listen: here, token: undefined, tokenFile })).toEqual({ token: undefined, isNew: false });
});

test('it is made once, for its owner alone, and found again', () => {
  const tokenFile = join(folder, 'new', 'token');
  const first = tokenOf({ listen: everywhere, token: undefined, tokenFile });
  expect(first.isNew).toBe(true);
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  expect(readFileSync(tokenFile, 'utf8')).toBe(`${first.token}\n`);
  expect(tokenOf({ listen: here, token: undefined, tokenFile })).toEqual({ token: first.token, isNew: false });
});

test('one that is given needs no file', () => {
  expect(tokenOf({ listen: everywhere, token: 'a'.repeat(20), tokenFile: '/no/such' }).token).toBe('a'.repeat(20));
});

test('a file that others can read is used, with a warning', () => {
  const tokenFile = join(folder, 'open');
  writeFileSync(tokenFile, 'a'.repeat(20), { mode: 0o644 });
  expect(tokenOf({ listen: here, token: undefined, tokenFile }).warning).toMatch('chmod 600');
});

test('a short one is a mistake, a place that cannot be written is said', () => {
  const tokenFile = join(folder, 'short');
  writeFileSync(tokenFile, 'abc');
  expect(() => tokenOf({ listen: everywhere, token: undefined, tokenFile })).toThrow(Mistake);
  expect(() => tokenOf({ listen: everywhere, token: undefined, tokenFile: join(tokenFile, 'x', 'token') })).toThrow(
    Unavailable,
  );
});
