/** Why a file that a word names cannot be read, in words. */
import { type Failure, usageFailure } from './failure.ts';

/** `what`: the file, or what is in it: `the token in /etc/token`. */
export function unreadable(what: string, error: unknown, hint?: string): Failure {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return usageFailure(`cannot read ${what}: ${reasons[code] ?? message}`, hint);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'that is not allowed',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
};
