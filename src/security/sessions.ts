/** Who logged in with a form: an id of chance in a cookie, known to this process alone, for some hours. */
import { digestOf, newToken } from './secret.ts';

export const sessionMs = 12 * 3_600_000;
const idleMs = 3_600_000;
/** The one that was quiet longest is logged out first. */
const sessionsMax = 1_000;

export class Sessions<Who> {
  readonly #now: () => number;
  readonly #open = new Map<string, { readonly who: Who; readonly endsAt: number; usedAt: number }>();

  /** `elapsed`: monotonic ms. */
  constructor(elapsed: () => number) {
    this.#now = elapsed;
  }

  open(who: Who): string {
    const id = newToken('session');
    const now = this.#now();
    this.#open.set(digestOf(id), { who, endsAt: now + sessionMs, usedAt: now });
    if (this.#open.size > sessionsMax) this.#open.delete(this.#open.keys().next().value as string);
    return id;
  }

  find(id: string): Who | undefined {
    const key = digestOf(id);
    const found = this.#open.get(key);
    if (found === undefined) return undefined;
    const now = this.#now();
    this.#open.delete(key);
    if (now >= found.endsAt || now - found.usedAt >= idleMs) return undefined;
    found.usedAt = now;
    this.#open.set(key, found);
    return found.who;
  }

  close(id: string): void {
    this.#open.delete(digestOf(id));
  }
}
