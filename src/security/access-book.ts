/** Tokens and users as the server asks for them: read again when their file has changed, without a restart. */
import { createHmac, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { type AccessEntries, type KeptToken, type KeptUser, readAccess } from './access-file.ts';
import { digestOf, isPassword, isSameDigest } from './secret.ts';

/** Passwords that were right lately are known again without the 50 ms; forgotten when the file changes. */
const rememberedMax = 1_000;
/** Passwords that are computed at the same time take 32 MiB each. */
const computedMax = 4;
const waitingMax = 64;

export class AccessBook {
  readonly #file: string;
  readonly #now: () => number;
  readonly #warn: (text: string) => void;
  readonly #key = randomBytes(32);
  readonly #remembered = new Map<string, KeptUser>();
  readonly #waiting: (() => void)[] = [];
  #computing = 0;
  #tokens = new Map<string, KeptToken>();
  #users = new Map<string, KeptUser>();
  #stamp: string | undefined;

  constructor({ file, now, warn }: { file: string; now: () => number; warn: (text: string) => void }) {
    this.#file = file;
    this.#now = now;
    this.#warn = warn;
  }

  get isEmpty(): boolean {
    this.#refresh();
    return this.#tokens.size === 0 && this.#users.size === 0;
  }

  /** The token as it is kept; undefined: not (or no longer) a good one. */
  token(text: string): KeptToken | undefined {
    this.#refresh();
    const digest = digestOf(text);
    const kept = this.#tokens.get(digest);
    if (kept === undefined || !isSameDigest(kept.digest, digest)) return undefined;
    return kept.expiresAt !== undefined && kept.expiresAt <= this.#now() ? undefined : kept;
  }

  tokenById(id: string): KeptToken | undefined {
    this.#refresh();
    for (const kept of this.#tokens.values())
      if (kept.id === id) return kept.expiresAt !== undefined && kept.expiresAt <= this.#now() ? undefined : kept;
    return undefined;
  }

  userNamed(name: string): KeptUser | undefined {
    this.#refresh();
    return this.#users.get(name);
  }

  /** Undefined: no such user, or another password; which of them cannot be told from the time it takes. */
  async user(name: string, password: string): Promise<KeptUser | undefined> {
    this.#refresh();
    const kept = this.#users.get(name);
    const known = createHmac('sha256', this.#key).update(`${name}\0${password}`).digest('base64url');
    if (this.#remembered.has(known)) return kept;
    if (this.#computing >= computedMax) {
      if (this.#waiting.length >= waitingMax) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#computing++;
    try {
      if (!(await isPassword(password, kept?.password)) || kept !== this.#users.get(name)) return undefined;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#computing--;
      else next();
    }
    if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
    this.#remembered.set(known, kept as KeptUser);
    return kept;
  }

  #refresh(): void {
    const stamp = stampOf(this.#file);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    let entries: AccessEntries = { tokens: [], users: [] };
    try {
      entries = readAccess(this.#file);
    } catch (error) {
      // Closed rather than open: who was revoked must not come in because the file is damaged.
      this.#warn(`nobody comes in by a token or password of the file: ${(error as Error).message}`);
    }
    this.#tokens = new Map(entries.tokens.map((token) => [token.digest, token]));
    this.#users = new Map(entries.users.map((user) => [user.name, user]));
    this.#remembered.clear();
  }
}

/** Another file, another size or another time: all three, since two changes may fall into one tick of the clock. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs}`;
}
