/** What ids are called: by name, and with the namespace in front where there is one, `blue/eth0`. */
import type { WireElement } from '../contract/element.ts';
import { nameOf, typeOf } from './render/element.ts';
import { isEdge } from './render/kind.ts';

export class Directory {
  readonly #names = new Map<string, { readonly name: string; readonly isNetns: boolean }>();
  readonly #owners = new Map<string, string>();

  learn(element: WireElement): void {
    if (!isEdge(element)) this.#names.set(element.ID, { name: nameOf(element), isNetns: typeOf(element) === 'netns' });
    else if (element.Metadata.RelationType === 'ownership') this.#owners.set(element.Child, element.Parent);
  }

  /** Owners are kept until their child goes: the edge goes first, and the child should still be told with its place. */
  forget(element: WireElement): void {
    if (isEdge(element)) return;
    this.#names.delete(element.ID);
    this.#owners.delete(element.ID);
  }

  has(id: string): boolean {
    return this.#names.has(id);
  }

  readonly nameOf = (id: string): string => {
    const own = this.#names.get(id);
    if (!own) return id;
    const owner = this.#names.get(this.#owners.get(id) ?? '');
    return owner?.isNetns && !own.isNetns ? `${owner.name}/${own.name}` : own.name;
  };
}
