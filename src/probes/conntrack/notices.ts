/** What everyone should know of connection tracking, of all namespaces together. */

/** Namespaces named in one sentence. */
const NAMES_MAX = 5;
/** Of the most that a table may have; a table that was that full is so until it is well below. */
const FULL_FROM = 0.8;
const FULL_UNTIL = 0.75;

export class Notices {
  readonly #say: (text: string | undefined) => void;
  readonly #full = new Set<string>();
  readonly #refused = new Set<string>();
  #said: string | undefined;

  constructor(say: (text: string | undefined) => void) {
    this.#say = say;
  }

  fill(name: string, share: number): void {
    const isFull = share >= (this.#full.has(name) ? FULL_UNTIL : FULL_FROM);
    this.#set(this.#full, name, isFull);
  }

  refused(name: string, isRefused: boolean): void {
    this.#set(this.#refused, name, isRefused);
  }

  gone(name: string): void {
    this.#set(this.#full, name, false);
    this.#set(this.#refused, name, false);
  }

  #set(names: Set<string>, name: string, isIn: boolean): void {
    if (names.has(name) === isIn) return;
    if (isIn) names.add(name);
    else names.delete(name);
    const texts = [
      sentence(
        this.#full,
        (some) =>
          `the connection tracking table of ${some} is nearly full: new connections will be dropped; raise net.netfilter.nf_conntrack_max`,
      ),
      sentence(
        this.#refused,
        (some) => `cannot see connections tracked in ${some}: needs CAP_SYS_ADMIN and CAP_NET_ADMIN`,
      ),
    ].filter((text) => text !== undefined);
    const text = texts.length > 0 ? texts.join('; ') : undefined;
    if (text === this.#said) return;
    this.#said = text;
    this.#say(text);
  }
}

function sentence(names: ReadonlySet<string>, say: (some: string) => string): string | undefined {
  if (names.size === 0) return undefined;
  const some = [...names].sort().slice(0, NAMES_MAX).join(', ');
  return say(names.size > NAMES_MAX ? `${some} and ${names.size - NAMES_MAX} more` : some);
}
