/** A program of the folder of scripts, run with the message on its standard input. */
import { spawn } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { AlertMessage } from '../../contract/alert.ts';
import { mistake } from '../../std/mistake.ts';

const RUN_MS = 30_000;
/** Of what it says, the end is kept for why it failed. */
const SAID_CHARS = 500;
/** One that says more than this is ended: reading it would be all that we do. */
const SAID_BYTES_MAX = 16 * 2 ** 20;
/** What it said last may be read a moment after it has ended. */
const SAID_MS = 200;

/**
 * Resolves when it ended with 0. It gets no more of our environment than PATH, and what it is about as SKEIN_ALERT_….
 * Rejects with a Mistake when it must not be run, with an Error when it failed.
 */
export async function run(
  { folder, name }: { readonly folder: string; readonly name: string },
  message: AlertMessage,
  signal: AbortSignal,
  runMs = RUN_MS,
): Promise<void> {
  const file = await runnable(folder, name);
  signal.throwIfAborted();
  const { PATH = '/usr/bin:/bin' } = process.env;
  const { UUID, ID, State, Severity, Name = '' } = message;
  const child = spawn(file, [], {
    cwd: '/',
    env: {
      PATH,
      SKEIN_ALERT_UUID: UUID,
      SKEIN_ALERT_ID: ID,
      SKEIN_ALERT_STATE: State,
      SKEIN_ALERT_SEVERITY: Severity,
      SKEIN_ALERT_NAME: Name,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    // With all that it starts: none of it may outlive its time.
    detached: true,
  });
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  };
  const late = AbortSignal.any([signal, AbortSignal.timeout(runMs)]);
  late.addEventListener('abort', kill, { once: true });
  let said = '';
  let saidBytes = 0;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-SAID_CHARS);
      saidBytes += Buffer.byteLength(text);
      if (saidBytes > SAID_BYTES_MAX) kill();
    });
  // It need not read it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${JSON.stringify(message)}\n`);
  const closed = new Promise((resolve) => child.on('close', resolve));
  try {
    const [code, ended] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) =>
        reject(new Error(`${name} cannot be run: ${reasonOf(error)}`)),
      );
      child.on('exit', (...how) => resolve(how));
    });
    // What it left running goes too, and with it whoever still holds its output.
    kill();
    if (code === 0) return;
    if (saidBytes > SAID_BYTES_MAX)
      throw new Error(`${name} said more than ${SAID_BYTES_MAX / 2 ** 20} MiB: it was ended`);
    if (late.aborted) throw new Error(`${name} took more than ${runMs / 1000} s`);
    await Promise.race([closed, setTimeout(SAID_MS, undefined, { ref: false })]);
    throw new Error(`${name} ended with ${code ?? ended}: ${lastLine(said)}`);
  } finally {
    late.removeEventListener('abort', kill);
    kill();
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  }
}

/** In the folder itself, and nobody else's to write. */
async function runnable(folder: string, name: string): Promise<string> {
  const refused = (why: string) => mistake('alert.script', `${name} in ${folder} ${why}`);
  let file: string;
  try {
    file = await realpath(join(folder, name));
    if (!file.startsWith(`${await realpath(folder)}/`)) throw refused('leads out of it');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw refused(code === 'ENOENT' ? 'is not there' : `cannot be read: ${code}`);
  }
  if (((await stat(folder)).mode & 0o002) !== 0) throw mistake('alert.script', `${folder} can be written by everybody`);
  const { mode } = await stat(file);
  if ((mode & 0o111) === 0) throw refused('is not executable');
  if ((mode & 0o002) !== 0) throw refused('can be written by everybody: it is not run');
  return file;
}

/** The file itself is there, and may be run. */
function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'what its first line (#!) names is not there (ENOENT)';
    case 'ETXTBSY':
      return 'it is being written just now (ETXTBSY)';
    case 'EACCES':
      return 'we may not run it, or what its first line (#!) names (EACCES)';
    default:
      return message;
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
