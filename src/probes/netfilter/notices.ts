/** What everyone should know of packet filters, of all namespaces together. */

/** Namespaces named in one sentence. */
const NAMES_MAX = 5;

export class Notices {
  readonly #say: (text: string | undefined) => void;
  readonly #refused = new Set<string>();
  readonly #legacy = new Set<string>();
  readonly #leftOut = new Set<string>();
  #said: string | undefined;

  constructor(say: (text: string | undefined) => void) {
    this.#say = say;
  }

  refused(name: string, isRefused: boolean): void {
    this.#set(this.#refused, name, isRefused);
  }

  legacy(name: string, hasTables: boolean): void {
    this.#set(this.#legacy, name, hasTables);
  }

  leftOut(name: string, areSome: boolean): void {
    this.#set(this.#leftOut, name, areSome);
  }

  gone(name: string): void {
    for (const names of [this.#refused, this.#legacy, this.#leftOut]) this.#set(names, name, false);
  }

  #set(names: Set<string>, name: string, isIn: boolean): void {
    if (names.has(name) === isIn) return;
    if (isIn) names.add(name);
    else names.delete(name);
    const texts = [
      sentence(this.#refused, (some) => `cannot read packet filters of ${some}: needs CAP_SYS_ADMIN and CAP_NET_ADMIN`),
      sentence(this.#legacy, (some) => `${some} has tables of the old ip_tables, which are not read: use iptables-nft`),
      sentence(this.#leftOut, (some) => `${some} has more rules than are told: raise probes.netfilter.rules`),
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
