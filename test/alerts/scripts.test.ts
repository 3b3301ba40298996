/** Scripts of alerts: which are run, what they are given, and what becomes of those that do not behave. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/alerts/act/script.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { eventually } from '../eventually.ts';
import { messageWith } from './message.ts';

const top = mkdtempSync(join(tmpdir(), 'skein-scripts-'));
const folder = join(top, 'scripts');
mkdirSync(folder);
afterAll(() => rmSync(top, { recursive: true, force: true }));

function script(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, mode);
  return path;
}

const told = (
  name: string,
  { ms, message = messageWith() }: { ms?: number; message?: ReturnType<typeof messageWith> } = {},
) => run({ folder, name }, message, new AbortController().signal, ms);

const isAlive = (pidFile: string) => existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}`);

test('it gets the message on its standard input, what it is about in its environment, and nothing of ours', async () => {
  process.env.SKEIN_TEST_SECRET = 'secret';
  script('note', `cat >${top}/got; env >${top}/env; pwd >${top}/pwd`);
  await told('note');
  delete process.env.SKEIN_TEST_SECRET;
  expect(JSON.parse(readFileSync(join(top, 'got'), 'utf8'))).toEqual(messageWith());
  const env = readFileSync(join(top, 'env'), 'utf8');
  expect(env).toMatch(/^SKEIN_ALERT_STATE=firing$/m);
  expect(env).toMatch(/^SKEIN_ALERT_ID=f1-1$/m);
  expect(env).not.toContain('secret');
  expect(readFileSync(join(top, 'pwd'), 'utf8')).toBe('/\n');
});

test('one that is not there, not to be run, for everybody to write, or elsewhere is refused for good', async () => {
  script('plain', 'true', 0o644);
  script('open', 'true', 0o757);
  writeFileSync(join(top, 'outside'), '#!/bin/sh\n');
  chmodSync(join(top, 'outside'), 0o755);
  symlinkSync(join(top, 'outside'), join(folder, 'leads'));
  symlinkSync(script('real', 'true'), join(folder, 'alias'));
  const why = async (name: string) => {
    const error: unknown = await told(name).catch((thrown: unknown) => thrown);
    return error instanceof Mistake ? error.message : error;
  };
  expect(await why('none')).toContain('is not there');
  expect(await why('plain')).toContain('is not executable');
  expect(await why('open')).toContain('can be written by everybody');
  expect(await why('leads')).toContain('leads out of it');
  expect(await why('alias')).toBeUndefined();
  chmodSync(folder, 0o777);
  expect(await why('real')).toContain('can be written by everybody');
  chmodSync(folder, 0o755);
});

test('one that fails says how, with the last line that it said', async () => {
  script('fails', 'echo first; echo "no such pager" >&2; exit 7');
  await expect(told('fails')).rejects.toThrow('fails ended with 7: no such pager');
  script('dies', 'kill -9 $$');
  await expect(told('dies')).rejects.toThrow('dies ended with SIGKILL');
  script('nothing', '').slice();
  writeFileSync(join(folder, 'wrong'), '#!/no/such/shell\n');
  chmodSync(join(folder, 'wrong'), 0o755);
  await expect(told('wrong')).rejects.toThrow(
    'wrong cannot be run: what its first line (#!) names is not there (ENOENT)',
  );
});

test('one that hangs is ended with all that it started', async () => {
  script('hangs', `sleep 60 & echo $! >${top}/child; cat >/dev/null; sleep 60`);
  await expect(told('hangs', { ms: 500 })).rejects.toThrow('hangs took more than 0.5 s');
  await eventually(() => expect(isAlive(join(top, 'child'))).toBe(false));
});

test('what it leaves running when it is done is ended, and not waited for', async () => {
  script('leaves', `sleep 60 & echo $! >${top}/left`);
  const begun = performance.now();
  await told('leaves');
  expect(performance.now() - begun).toBeLessThan(5_000);
  await eventually(() => expect(isAlive(join(top, 'left'))).toBe(false));
});

test('one that says much and reads nothing is told all the same', async () => {
  script('loud', 'exec 0<&-; head -c 5000000 /dev/zero | tr "\\\\0" x; echo; echo the end; exit 1');
  const message = messageWith({ ReasonData: 'x'.repeat(1_000_000) });
  await expect(told('loud', { message })).rejects.toThrow('loud ended with 1: the end');
});

test('one that never stops talking is ended', async () => {
  script('endless', 'exec yes');
  await expect(told('endless')).rejects.toThrow('endless said more than 16 MiB: it was ended');
});

test('called off, it is ended', async () => {
  const begun = join(folder, 'begun');
  script('slow', `touch ${begun}; sleep 60`);
  const off = new AbortController();
  const running = run({ folder, name: 'slow' }, messageWith(), off.signal);
  const ended = expect(running).rejects.toThrow('slow');
  await eventually(() => expect(existsSync(begun)).toBe(true));
  off.abort();
  await ended;
});
