/** Namespaces in which no neighbour is heard, and why: one sentence for all of them. */
import { someOf } from '../../std/some-of.ts';
import { NAMES_MAX } from '../notice-of-many.ts';

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
      const names = all.map(({ name }) => name);
      const needs = [...new Set(all.map((one) => one.needs))].sort().join(' and ');
      texts.push(`neighbours in ${someOf(names, NAMES_MAX)} are not heard: needs ${needs}`);
    }
    if (this.#isBeyond) texts.push(`neighbours are listened for in ${namespacesMax} namespaces, and there are more`);
    return texts.length > 0 ? texts.join('; ') : undefined;
  }
}
