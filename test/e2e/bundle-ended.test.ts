/** `skein open` that does not get to its end: what it says, what it ends with, and what it leaves behind. */
import { type ExecFileException, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeBundle, packed } from '../bundle/made.ts';
import { eventually } from '../eventually.ts';
import { SKEIN } from './running.ts';

let folder: string;
let place: string;
let bytes: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-ended-'));
  place = join(folder, 'tmp');
  mkdirSync(place);
  await using made = await madeBundle();
  bytes = await packed(made);
  writeFileSync(join(folder, 'good'), bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what cannot be opened is told in a sentence, with an exit code, and nothing is left', async () => {
  writeFileSync(join(folder, 'cut'), bytes.subarray(0, bytes.length / 2));
  const [cut, full] = await Promise.all([
    ran(SKEIN, ['open', join(folder, 'cut')]),
    onFullDisk(['open', join(folder, 'good')]),
  ]);
  expect(cut).toEqual({ code: 2, out: '', err: 'skein: this bundle ends before its end\n  take another copy\n' });
  expect(full).toEqual({
    ...{ code: 3, out: '' },
    err: expect.stringMatching(
      /^skein: unpacking this bundle: needs \d+ MiB of room in .*, or another place: TMPDIR \(ENOSPC: .*\)\nleft: 0\n$/,
    ),
  });
  expect(readdirSync(place)).toEqual([]);
});

test('Ctrl-C while it is opened leaves nothing, and what SIGKILL leaves is taken away by the next', async () => {
  const [stopped, killed] = await Promise.all([opening('SIGINT'), opening('SIGKILL')]);
  expect(stopped).toEqual({ end: 130, left: [] });
  expect(killed).toEqual({ end: 'SIGKILL', left: [expect.stringMatching(/^skein-open-/)] });
  const next = await ran(SKEIN, ['open', join(folder, 'good'), '--', 'query', 'G.V().Count()'], placeOf('SIGKILL'));
  expect(next).toMatchObject({ code: 0, out: '2\n' });
  expect(readdirSync(placeOf('SIGKILL'))).toEqual([]);
});

test('what is wrong in a pipe ends it, also one that does not end', async () => {
  expect(await opening('none', Buffer.alloc(1_024, 'no bundle'))).toEqual({ end: 2, left: [] });
});

test('a signal ends it that waits for a pipe that nobody writes to', async () => {
  expect(await opening('SIGTERM', Buffer.of())).toEqual({ end: 143, left: [] });
});

/** Of a bundle that comes through a pipe and does not end: what it ended with, and what is left of it. */
async function opening(signal: NodeJS.Signals | 'none', first = bytes.subarray(0, 1_024)) {
  const pipe = join(folder, `pipe-${signal}`);
  execFileSync('mkfifo', [pipe]);
  const its = placeOf(signal);
  mkdirSync(its);
  // Both ways, so that neither end waits for the other.
  const fd = first.length > 0 ? openSync(pipe, 'r+') : undefined;
  if (fd !== undefined) writeSync(fd, first);
  const child = spawn(SKEIN, ['open', pipe], { env: { ...process.env, TMPDIR: its }, stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    if (signal !== 'none') {
      await eventually(async () => expect(readdirSync(its)).toEqual([expect.stringMatching(/^skein-open-/)]));
      child.kill(signal);
    }
    const [code, by] = (await exited) as [number | null, string | null];
    return { end: code ?? by, left: readdirSync(its) };
  } finally {
    child.kill('SIGKILL');
    if (fd !== undefined) closeSync(fd);
  }
}

/** For what is temporary, of the one that gets this signal. */
function placeOf(signal: NodeJS.Signals | 'none'): string {
  return join(folder, `tmp-${signal}`);
}

/** In a mount namespace of its own, with a file system for what is temporary that holds next to nothing. */
function onFullDisk(words: readonly string[]) {
  const small = join(folder, 'small');
  mkdirSync(small);
  chmodSync(small, 0o700);
  const script = `mount -t tmpfs -o size=64k tmpfs "$0" && TMPDIR="$0" "$@"; code=$?
    echo "left: $(ls -A "$0" | wc -l)" >&2; exit $code`;
  return ran('unshare', ['--mount', 'sh', '-c', script, small, SKEIN, ...words]);
}

async function ran(command: string, words: readonly string[], its = place) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(command, words, { env: { ...process.env, TMPDIR: its } }, (error: ExecFileException | null, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}
