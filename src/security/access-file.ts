/** The private file of tokens and users: who may come in, with what role, until when. No secret is in it, only hashes. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import { roles } from './role.ts';

const entriesMax = 10_000;
const name = z.string().regex(/^[\w.@-]{1,64}$/, { error: 'a name has 1 to 64 letters, digits, or one of . _ @ -' });

const tokenShape = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  kind: z.enum(['user', 'agent']),
  name,
  role: z.enum(roles),
  digest: z.string().length(43),
  /** Of an agent: it opens the relay for the agent of this host alone. */
  host: z.string().min(1).max(256).optional(),
  createdAt: z.number(),
  /** Epoch ms; absent: never. */
  expiresAt: z.number().optional(),
});

const userShape = z.strictObject({
  name,
  role: z.enum(roles),
  password: z.strictObject({
    algorithm: z.literal('scrypt'),
    // A file that was tampered with must not make us compute for ever.
    cost: z
      .number()
      .int()
      .min(2)
      .max(2 ** 17),
    blockSize: z.number().int().min(1).max(16),
    parallelization: z.number().int().min(1).max(4),
    salt: z.string(),
    hash: z.string(),
  }),
  createdAt: z.number(),
});

const fileShape = z.strictObject({
  schema: z.literal('skein-access/v1'),
  tokens: z.array(tokenShape).max(entriesMax),
  users: z.array(userShape).max(entriesMax),
});

export type KeptToken = z.infer<typeof tokenShape>;
export type KeptUser = z.infer<typeof userShape>;
export type AccessEntries = Pick<z.infer<typeof fileShape>, 'tokens' | 'users'>;

export const accessFileOf = (data: string): string => `${data}/access.json`;

export function checkName(text: string): string {
  const checked = name.safeParse(text);
  if (checked.success) return text;
  throw mistake('access.name', `"${text.slice(0, 80)}" is no name: ${checked.error.issues[0]?.message}`);
}

/** Nothing when there is none. Throws Unavailable when it cannot be read, a Mistake when it is not ours. */
export function readAccess(file: string): AccessEntries {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { tokens: [], users: [] };
    throw new Unavailable(`the file of tokens and users ${file}`, `read access (${message})`, { cause: error });
  }
  const parsed = fileShape.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // Where, and never what: it may be half a secret that someone put there.
  throw mistake(
    'access.file',
    `${file} is damaged at ${issue?.path.join('.') || 'its start'}`,
    'bring back a copy of it',
  );
}

/** Reads, changes and replaces it as a whole; of two at once the second waits for the first. */
export async function changeAccess(
  file: string,
  change: (entries: AccessEntries) => AccessEntries | Promise<AccessEntries>,
): Promise<void> {
  const next = `${file}.new`;
  const handle = await lockedBy(next);
  try {
    const changed = await change(readAccess(file));
    if (changed.tokens.length > entriesMax || changed.users.length > entriesMax)
      throw mistake('access.full', `there are ${entriesMax} of them already`, 'remove those that are not used');
    writeSync(handle, `${JSON.stringify({ schema: 'skein-access/v1', ...changed }, null, 2)}\n`);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

const triesMax = 100;

/** Whoever makes the new file is the one who writes. */
async function lockedBy(next: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      mkdirSync(dirname(next), { recursive: true, mode: 0o700 });
      return openSync(next, 'wx', 0o600);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST')
        throw new Unavailable(`the folder of tokens and users`, `write access (${message})`, { cause: error });
      if (tries === triesMax)
        throw new Unavailable(`writing tokens and users`, `${next} to be gone: remove it when no other skein runs`);
      await pause(20);
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
