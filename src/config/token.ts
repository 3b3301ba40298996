/** When a token is needed, and what a good one is. */
import type { Config } from './options.ts';
import type { Listen } from './values.ts';

/** Loopback asks for none: whoever can reach it is already on this machine. */
export function needsToken({ listen }: Pick<Config, 'listen'>): boolean {
  return !isLoopback(listen);
}

export function isLoopback({ host }: Listen): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(host) || host === '::1' || host.toLowerCase() === 'localhost';
}

/** 256 bits as text. `randomBytes` of node:crypto is what is meant to come in. */
export function makeToken(randomBytes: (count: number) => Uint8Array): string {
  return Buffer.from(randomBytes(32)).toString('base64url');
}

/** undefined when it will do. */
export function tokenFlaw(token: string): string | undefined {
  if (token.length < 16) return 'it has less than 16 characters';
  return /^[\x21-\x7e]+$/.test(token) ? undefined : 'it holds a space or something else that no header can carry';
}
