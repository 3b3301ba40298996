/**
 * Secrets as they are kept. A token is 256 bits of chance: nobody guesses it, so one round of SHA-256 hides it, and checking
 * it costs nothing. A password is what a person can remember: scrypt (RFC 7914) makes each guess cost 32 MiB and some 50 ms.
 */
import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** What a token starts with says what it is for, also to who finds one. */
export const prefixes = { user: 'skt_', agent: 'ska_', session: 'sks_' } as const;

export function newToken(kind: keyof typeof prefixes): string {
  return prefixes[kind] + randomBytes(32).toString('base64url');
}

/** It was made here, whether or not it is still good. */
export function isOurs(text: string): boolean {
  return Object.values(prefixes).some((prefix) => text.startsWith(prefix));
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** In a time that does not depend on where they differ. */
export function isSameDigest(one: string, other: string): boolean {
  const a = Buffer.from(one);
  const b = Buffer.from(other);
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface HashedPassword {
  readonly algorithm: 'scrypt';
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  /** base64url, both. */
  readonly salt: string;
  readonly hash: string;
}

const usual = { cost: 2 ** 15, blockSize: 8, parallelization: 1 };
const hashBytes = 32;

export async function hashPassword(password: string): Promise<HashedPassword> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, usual);
  return { algorithm: 'scrypt', ...usual, salt: salt.toString('base64url'), hash: hash.toString('base64url') };
}

/** Takes as long for `undefined`, a user that is not there. */
export async function isPassword(password: string, kept: HashedPassword | undefined): Promise<boolean> {
  const { salt, hash, cost, blockSize, parallelization } = kept ?? nobody;
  const derived = await derive(password, Buffer.from(salt, 'base64url'), { cost, blockSize, parallelization });
  const isRight = isSameDigest(derived.toString('base64url'), hash);
  return isRight && kept !== undefined;
}

const nobody: HashedPassword = { algorithm: 'scrypt', ...usual, salt: 'AAAAAAAAAAAAAAAAAAAAAA', hash: 'A'.repeat(43) };

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  const { cost = 0, blockSize = 0 } = options;
  // Exactly what it needs (128 × N × r), and a little for its own tables.
  const maxmem = 128 * cost * blockSize + 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, hashBytes, { ...options, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
