/**
 * Wrong tokens and passwords, by address and by user name: some are free, then each costs twice the wait of the one before.
 * While one waits, nothing of it is looked at, be it right or wrong.
 */

const defaults = {
  /** Wrong ones that cost nothing. */
  free: 10,
  firstMs: 1_000,
  /** An address waits so long at most; a name less, since anybody can make a name wait. */
  addressMs: 15 * 60_000,
  nameMs: 30_000,
  /** Forgotten after so long without another wrong one. */
  forgetMs: 60 * 60_000,
  /** Addresses and names that are remembered; the one that was quiet longest goes first. */
  rememberedMax: 10_000,
};

interface Wrong {
  count: number;
  at: number;
  until: number;
}

export class Slowed {
  readonly #how: typeof defaults;
  readonly #elapsed: () => number;
  readonly #wrong = new Map<string, Wrong>();
  /** Since the start. */
  wrong = 0;
  refused = 0;

  constructor(elapsed: () => number, how: Partial<typeof defaults> = {}) {
    this.#how = { ...defaults, ...how };
    this.#elapsed = elapsed;
  }

  /** ms until the next guess is looked at; 0: now. Above 0 it counts as refused. */
  waitMs(address: string, name?: string): number {
    const now = this.#elapsed();
    const left = keysOf(address, name).map((key) => (this.#wrong.get(key)?.until ?? 0) - now);
    const most = Math.max(0, ...left);
    if (most > 0) this.refused++;
    return most;
  }

  failed(address: string, name?: string): void {
    this.wrong++;
    const now = this.#elapsed();
    for (const key of keysOf(address, name)) {
      const { free, firstMs, addressMs, nameMs, forgetMs, rememberedMax } = this.#how;
      const before = this.#wrong.get(key);
      const count = before !== undefined && now - before.at < forgetMs ? before.count + 1 : 1;
      const most = key.startsWith('a') ? addressMs : nameMs;
      // 2 ** 30 s is longer than any of them.
      const until = count < free ? 0 : now + Math.min(most, firstMs * 2 ** Math.min(count - free, 30));
      // A Map keeps insertion order: written again, it is the newest.
      this.#wrong.delete(key);
      this.#wrong.set(key, { count, at: now, until });
      if (this.#wrong.size > rememberedMax) this.#wrong.delete(this.#wrong.keys().next().value as string);
    }
  }

  /** Whoever knows the secret starts anew; the address does not, or one good name would let it guess all others. */
  succeeded(name: string | undefined): void {
    if (name !== undefined) this.#wrong.delete(keyOfName(name));
  }
}

function keysOf(address: string, name: string | undefined): string[] {
  return name === undefined ? [`a ${address}`] : [`a ${address}`, keyOfName(name)];
}

function keyOfName(name: string): string {
  return `n ${name.slice(0, 64)}`;
}
