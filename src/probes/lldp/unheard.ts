/** Namespaces in which no neighbour is heard, and why: one sentence for all of them. */

/** Namespaces named in it. */
const NAMES_MAX = 5;

export class Unheard {
  readonly #names = new Map<string, { readonly name: string; readonly needs: string }>();
  #isBeyond = false;

  /** `attempt`: what the kernel refused, as the door tells it; entering a namespace takes another right than listening. */
  refused(nodeId: string, name: string, attempt: string): void {
    this.#names.set(nodeId, { name, needs: attempt.includes('setns') ? 'CAP_SYS_ADMIN' : 'CAP_NET_RAW' });
  }

  /** There are more than are listened in. */
  beyond(): void {
    this.#isBeyond = true;
  }

  gone(nodeId: string): void {
    this.#names.delete(nodeId);
  }

  /** Undefined when all are heard. */
  text(namespacesMax: number): string | undefined {
    const texts = [];
    if (this.#names.size > 0) {
      const all = [...this.#names.values()];
      const some = all.slice(0, NAMES_MAX).map(({ name }) => name);
      const more = all.length > NAMES_MAX ? ` and ${all.length - NAMES_MAX} more` : '';
      const needs = [...new Set(all.map((one) => one.needs))].sort().join(' and ');
      texts.push(`neighbours in ${some.join(', ')}${more} are not heard: needs ${needs}`);
    }
    if (this.#isBeyond) texts.push(`neighbours are listened for in ${namespacesMax} namespaces, and there are more`);
    return texts.length > 0 ? texts.join('; ') : undefined;
  }
}
