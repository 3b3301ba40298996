/** Who accepts a connection is not told; likely it is who listens, until it is seen that another does. */
import type { Entry } from './entry.ts';
import type { Holder } from './sight.ts';

export class Acceptors {
  /** By namespace and port. */
  readonly #listeners = new Map<number, Set<Entry>>();
  readonly #guesses = new Set<Entry>();

  /** Since when, epoch ms, it is to be found out who holds some socket, or where it ends; undefined: of none it is. */
  get guessingSince(): number | undefined {
    for (const { openedAt } of this.#guesses) return openedAt;
    return undefined;
  }

  get guesses(): Iterable<Entry> {
    return this.#guesses;
  }

  listens(entry: Entry): void {
    const key = keyOf(entry);
    const others = this.#listeners.get(key);
    if (others) others.add(entry);
    else this.#listeners.set(key, new Set([entry]));
  }

  listensNoMore(entry: Entry): void {
    const key = keyOf(entry);
    const others = this.#listeners.get(key);
    if (others?.delete(entry) && others.size === 0) this.#listeners.delete(key);
  }

  /** Somebody accepted it, or is about to. */
  guess(entry: Entry): void {
    entry.holder ??= this.#likely(entry);
    entry.isGuess = true;
    this.#guesses.add(entry);
  }

  /** Something of it is to be found out. */
  ask(entry: Entry): void {
    this.#guesses.add(entry);
  }

  sure(entry: Entry): void {
    entry.isGuess = false;
    this.#guesses.delete(entry);
  }

  #likely(entry: Entry): Holder | undefined {
    let holder: Holder | undefined;
    for (const listener of this.#listeners.get(keyOf(entry)) ?? []) {
      // Of several that share a port it is one that has this very address.
      if (listener.localAddress === entry.localAddress) return listener.holder;
      holder ??= listener.holder;
    }
    return holder;
  }
}

/** Cookies of namespaces count up from 1. */
function keyOf({ netns, localPort }: Entry): number {
  return netns * 65_536 + localPort;
}
