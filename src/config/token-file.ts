/** The file that holds the token: made on the first run that needs one, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { Config } from './options.ts';
import { makeToken, needsToken, tokenFlaw } from './token.ts';

export interface Token {
  /** undefined: none was given and none is needed. */
  readonly token: string | undefined;
  /** It was made just now, and should be shown this once. */
  readonly isNew: boolean;
  /** Something the owner should know of. */
  readonly warning?: string;
}

/** The token of this server: the one given, else the one in the file, else, where one is needed, a new one. */
/** `hasOthers`: tokens or users of the access file open the door too. */
export function tokenOf(config: Pick<Config, 'listen' | 'token' | 'tokenFile'>, hasOthers = false): Token {
  if (config.token !== undefined) return { token: config.token, isNew: false };
  const file = config.tokenFile;
  const isNeeded = needsToken(config) && !hasOthers;
  const there = readToken(file, isNeeded);
  if (there) return there;
  if (!isNeeded) return { token: undefined, isNew: false };
  const token = makeToken(randomBytes);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Not over a file that another process made meanwhile.
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new Unavailable(`token file ${file}`, `write access to ${dirname(file)}, or SKEIN_TOKEN`, { cause: error });
    }
    return readToken(file, isNeeded) ?? { token, isNew: false };
  }
  return { token, isNew: true };
}

/** Undefined when there is none, or none that is needed and may be read. */
function readToken(file: string, isNeeded: boolean): Token | undefined {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    // ENOTDIR: what should be its folder is a file.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || (code === 'EACCES' && !isNeeded)) return undefined;
    throw new Unavailable(`token file ${file}`, `read access (${(error as Error).message})`, { cause: error });
  }
  const flaw = tokenFlaw(token);
  if (flaw !== undefined) {
    throw mistake(
      'config.token',
      `the token in ${file} will not do: ${flaw}`,
      'remove the file, and a new one is made',
    );
  }
  const isOpen = (statSync(file).mode & 0o077) !== 0;
  return { token, isNew: false, ...(isOpen && { warning: `${file} can be read by others: chmod 600 ${file}` }) };
}
