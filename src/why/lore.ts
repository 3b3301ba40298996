/** Everything that is known of the region over all the window: names, who is whose, what was plugged into what. */
import type { Element, GraphNode } from '../graph/element.ts';
import { isNamespace, nameOf, typeOf } from '../query/forwarding/atlas.ts';

export class Lore {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #owners = new Map<string, Set<string>>();
  readonly #owned = new Map<string, Set<string>>();
  readonly #linked = new Map<string, Set<string>>();

  /** Of several versions of one the last counts. */
  constructor(elements: Iterable<Element>) {
    for (const element of elements) {
      if (element.kind === 'node') {
        this.#nodes.set(element.id, element);
        continue;
      }
      const { parent, child, metadata } = element;
      if (metadata.RelationType === 'ownership') {
        add(this.#owners, child, parent);
        add(this.#owned, parent, child);
      } else if (metadata.RelationType === 'layer2') {
        add(this.#linked, parent, child);
        add(this.#linked, child, parent);
      }
    }
  }

  node(id: string): GraphNode | undefined {
    return this.#nodes.get(id);
  }

  nameOf(id: string): string {
    const node = this.#nodes.get(id);
    if (node === undefined) return id;
    const namespace = this.namespaceOf(id);
    const isInside = namespace !== undefined && namespace.id !== id && typeOf(namespace) === 'netns';
    return isInside ? `${nameOf(namespace)}/${nameOf(node)}` : nameOf(node);
  }

  /** That it is, or is in, or was in. */
  namespaceOf(id: string): GraphNode | undefined {
    let at = [id];
    for (let depth = 0; depth < DEPTH_MAX; depth++) {
      const found = at.flatMap((one) => this.#nodes.get(one) ?? []).find(isNamespace);
      if (found !== undefined) return found;
      at = at.flatMap((one) => [...(this.#owners.get(one) ?? [])]);
    }
    return undefined;
  }

  /** The thing itself and all that it holds. */
  holding(id: string): ReadonlySet<string> {
    const all = new Set([id]);
    for (const one of all) {
      const node = this.#nodes.get(one);
      // A host goes on when what is said of it changes.
      if (node !== undefined && typeOf(node) === 'host') continue;
      for (const child of this.#owned.get(one) ?? []) all.add(child);
    }
    return all;
  }

  /** What is plugged into it. */
  linked(id: string): Iterable<string> {
    return this.#linked.get(id) ?? [];
  }

  owners(id: string): Iterable<string> {
    return this.#owners.get(id) ?? [];
  }
}

const DEPTH_MAX = 4;

function add(to: Map<string, Set<string>>, key: string, value: string): void {
  const values = to.get(key);
  if (values) values.add(value);
  else to.set(key, new Set([value]));
}
