/** Names of users, as /etc/passwd has them (passwd(5)). */
import { readFileSync, statSync } from 'node:fs';

const FILE = '/etc/passwd';
/** How often to look whether the file is another, in ms. */
const LOOK_MS = 10_000;

export class Users {
  #names = new Map<number, string>();
  #mtimeMs = -1;
  #lookedMs = Number.NEGATIVE_INFINITY;

  /** The number of a user without a name. */
  nameOf(uid: number, nowMs: number): string {
    if (nowMs - this.#lookedMs >= LOOK_MS) this.#look(nowMs);
    return this.#names.get(uid) ?? String(uid);
  }

  #look(nowMs: number): void {
    this.#lookedMs = nowMs;
    try {
      const { mtimeMs } = statSync(FILE);
      if (mtimeMs === this.#mtimeMs) return;
      this.#names = namesIn(readFileSync(FILE, 'utf8'));
      this.#mtimeMs = mtimeMs;
    } catch {
      // Without the file users have numbers.
    }
  }
}

/** The first name of a number counts, as for getpwuid(3). */
export function namesIn(passwd: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of passwd.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid !== undefined && /^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}
