/** Commands of the lab: `ip` and `tee`, without a shell. */
import { execFile } from 'node:child_process';
import { Unavailable } from '../std/unavailable.ts';

/** Gives what the command wrote; rejects when it fails. */
export type Run = (command: string, words: readonly string[], input?: string) => Promise<string>;

export const run: Run = (command, words, input = '') =>
  new Promise((resolve, reject) => {
    const child = execFile(command, [...words], { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error) reject(refusal(command, words, (error as NodeJS.ErrnoException).code, stderr.trim() || error.message));
      else resolve(stdout);
    });
    // A command that ends before it read everything says itself why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });

const TIMEOUT_MS = 20_000;

function refusal(command: string, words: readonly string[], code: unknown, text: string): Error {
  const attempt = `${[command, ...words].join(' ')}: ${text}`;
  if (code === 'ENOENT') return new Unavailable(`${command} is not installed`, 'iproute2 and coreutils');
  if (/not permitted|permission denied/i.test(text))
    return new Unavailable(attempt, 'root, or CAP_NET_ADMIN and CAP_SYS_ADMIN');
  if (/unknown device type|not supported/i.test(text))
    return new Unavailable(attempt, 'a kernel with veth, bridge and vxlan');
  return new Error(attempt);
}
