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

/** A password was not looked at: too many are being computed, or too many were wrong meanwhile. It says nothing of it. */
export class PasswordsBusy extends Error {}

export class AccessBook {
  readonly #file: string;
  readonly #now: () => number;
  readonly #warn: (text: string) => void;
  readonly #key = randomBytes(32);
  readonly #remembered = new Map<string, KeptUser>();
  readonly #waiting: (() => void)[] = [];
  /** By name and password: whoever shows the same twenty times at once waits for one. */
  readonly #underWay = new Map<string, Promise<KeptUser | undefined>>();
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

  /**
   * Undefined: no such user, or another password; which of them cannot be told from the time it takes. Rejects with
   * PasswordsBusy. `mayGuess` is asked again when its turn has come: many guesses at once are slowed as one after the
   * other is.
   */
  async user(name: string, password: string, mayGuess = () => true): Promise<KeptUser | undefined> {
    this.#refresh();
    const kept = this.#users.get(name);
    const known = createHmac('sha256', this.#key).update(`${name}\0${password}`).digest('base64url');
    if (this.#remembered.has(known)) return kept;
    const same = this.#underWay.get(known);
    if (same) return same;
    const computed = this.#computed(name, password, known, mayGuess).finally(() => this.#underWay.delete(known));
    this.#underWay.set(known, computed);
    return computed;
  }

  async #computed(
    name: string,
    password: string,
    known: string,
    mayGuess: () => boolean,
  ): Promise<KeptUser | undefined> {
    if (this.#computing >= computedMax) {
      if (this.#waiting.length >= waitingMax) throw new PasswordsBusy('too many passwords are looked at');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#computing++;
    const kept = this.#users.get(name);
    try {
      if (!mayGuess()) throw new PasswordsBusy('too many were wrong meanwhile');
      if (!(await isPassword(password, kept?.password)) || kept !== this.#users.get(name)) return undefined;
    } finally {
      // Not before this one was counted, if it was wrong.
      setImmediate(() => {
        const next = this.#waiting.shift();
        if (next === undefined) this.#computing--;
        else next();
      });
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
