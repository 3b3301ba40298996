import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessBook, PasswordsBusy } from '../../src/security/access-book.ts';
import { changeAccess, type KeptToken, readAccess } from '../../src/security/access-file.ts';
import { digestOf, hashPassword, isPassword, newToken } from '../../src/security/secret.ts';
import { Sessions, sessionMs } from '../../src/security/sessions.ts';
import { Slowed } from '../../src/security/slowed.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-book-'));
  file = join(folder, 'deep', 'access.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function kept(token: string, more: Partial<KeptToken> = {}): KeptToken {
  return { id: '0000000a', kind: 'user', name: 'a', role: 'read', digest: digestOf(token), createdAt: 1, ...more };
}

test('a token that is made is good at once, one that is revoked is not, without a restart', async () => {
  const book = new AccessBook({ file, now: () => 0, warn: () => undefined });
  const token = newToken('user');
  expect(book.token(token)).toBeUndefined();
  await changeAccess(file, ({ users }) => ({ tokens: [kept(token)], users }));
  expect(book.token(token)?.name).toBe('a');
  expect(book.token(`${token}x`)).toBeUndefined();
  await changeAccess(file, ({ users }) => ({ tokens: [], users }));
  expect(book.token(token)).toBeUndefined();
});

test('a token is good until its time', async () => {
  let now = 99;
  const book = new AccessBook({ file, now: () => now, warn: () => undefined });
  const token = newToken('user');
  await changeAccess(file, ({ users }) => ({ tokens: [kept(token, { expiresAt: 100 })], users }));
  expect(book.token(token)?.name).toBe('a');
  now = 100;
  expect(book.token(token)).toBeUndefined();
});

test('the file is for its owner alone, and holds no secret', async () => {
  const token = newToken('user');
  const password = await hashPassword('a secret of ana');
  await changeAccess(file, () => ({
    tokens: [kept(token)],
    users: [{ name: 'ana', role: 'read', password, createdAt: 1 }],
  }));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700);
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain(token);
  expect(text).not.toContain('a secret');
});

test('of many changes at once none is lost', async () => {
  const ids = Array.from({ length: 8 }, (_, at) => `0000000${at}`);
  await Promise.all(
    ids.map((id) => changeAccess(file, ({ tokens, users }) => ({ tokens: [...tokens, kept(id, { id })], users }))),
  );
  expect(
    readAccess(file)
      .tokens.map(({ id }) => id)
      .toSorted(),
  ).toEqual(ids);
});

test('a damaged file lets nobody in, and says where it is damaged without a word of what is in it', async () => {
  const warnings: string[] = [];
  const book = new AccessBook({ file, now: () => 0, warn: (text) => warnings.push(text) });
  const token = newToken('user');
  await changeAccess(file, ({ users }) => ({ tokens: [kept(token)], users }));
  expect(book.token(token)).toBeDefined();
  writeFileSync(file, readFileSync(file, 'utf8').replace('"role": "read"', '"role": "a-half-secret"'));
  expect(book.token(token)).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining('damaged at tokens.0.role')]);
  expect(warnings[0]).not.toContain('a-half-secret');
});

test('a password is kept with what it was made with, and a user who is not there costs the same', async () => {
  const hashed = await hashPassword('correct horse');
  expect(hashed).toMatchObject({ algorithm: 'scrypt', cost: 32_768, blockSize: 8, parallelization: 1 });
  expect(await isPassword('correct horse', hashed)).toBe(true);
  expect(await isPassword('Correct horse', hashed)).toBe(false);
  expect(await isPassword('correct horse', undefined)).toBe(false);
  expect((await hashPassword('correct horse')).hash).not.toBe(hashed.hash);
});

test('a session ends when it is closed, after an hour without use, and after half a day', () => {
  let now = 0;
  const sessions = new Sessions<string>(() => now);
  const id = sessions.open('ana');
  expect(sessions.find(id)).toBe('ana');
  sessions.close(id);
  expect(sessions.find(id)).toBeUndefined();

  const idle = sessions.open('ana');
  now += 3_600_000;
  expect(sessions.find(idle)).toBeUndefined();

  const used = sessions.open('ana');
  const end = now + sessionMs;
  for (; now < end; now += 1_800_000) expect(sessions.find(used)).toBe('ana');
  expect(sessions.find(used)).toBeUndefined();
});

test('many guesses at once are slowed as guesses one after the other are; the right password waits with them', async () => {
  const password = await hashPassword('a secret of ana');
  await changeAccess(file, () => ({ tokens: [], users: [{ name: 'ana', role: 'read', password, createdAt: 1 }] }));
  const book = new AccessBook({ file, now: () => 0, warn: () => undefined });
  const slowed = new Slowed(() => 0);
  const guess = async (text: string) => {
    const user = await book.user('ana', text, () => slowed.waitMs('a', 'ana') === 0);
    if (user === undefined) slowed.failed('a', 'ana');
    return user;
  };
  const guesses = Array.from({ length: 60 }, (_, at) => guess(`guess ${at}`));
  const answers = await Promise.allSettled([...guesses, guess('a secret of ana')]);
  const looked = answers.filter(({ status }) => status === 'fulfilled');
  // Ten are free, and as many as are computed at a time may have begun meanwhile.
  expect(looked.length).toBeGreaterThanOrEqual(10);
  expect(looked.length).toBeLessThanOrEqual(13);
  expect(slowed.wrong).toBe(looked.length);
  expect(answers.at(-1)).toMatchObject({ status: 'rejected', reason: expect.any(PasswordsBusy) });
}, 20_000);

test('beyond what may wait a password is not called wrong; the same one many times at once is computed once', async () => {
  const password = await hashPassword('a secret of ana');
  await changeAccess(file, () => ({ tokens: [], users: [{ name: 'ana', role: 'read', password, createdAt: 1 }] }));
  const book = new AccessBook({ file, now: () => 0, warn: () => undefined });
  let begun = 0;
  const mayGuess = () => ++begun <= 5;
  const same = await Promise.all(Array.from({ length: 200 }, () => book.user('ana', 'a secret of ana', mayGuess)));
  expect(new Set(same.map((user) => user?.name))).toEqual(new Set(['ana']));
  expect(begun).toBe(1);
  const all = await Promise.allSettled(
    Array.from({ length: 80 }, (_, at) => book.user('ana', `guess ${at}`, mayGuess)),
  );
  const busy = all.filter((one) => one.status === 'rejected' && one.reason instanceof PasswordsBusy);
  expect(busy).toHaveLength(76);
});
