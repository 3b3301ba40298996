/** Metadata that users gave to single nodes: kept by TID, so that the thing has it again when it is made anew. */
import type { GraphNode, Metadata, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { mistake } from '../std/mistake.ts';
import type { UserMetadata } from './rule.ts';
import { BY_USER, SET_BY, setByOf, type Wanted } from './wanted.ts';

export interface UserNodesParts {
  readonly view: () => GraphView;
  readonly observed: (type: string) => ReadonlySet<string>;
  readonly max: number;
  /** It is to be kept. */
  readonly changed: () => void;
}

export interface Keys {
  readonly set: Metadata;
  readonly unset: readonly string[];
}

export class UserNodes {
  readonly #parts: UserNodesParts;
  readonly #byTid = new Map<string, Metadata>();

  constructor(parts: UserNodesParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byTid.size;
  }

  restore(all: readonly UserMetadata[]): void {
    for (const { TID, Metadata } of all) this.#byTid.set(TID, Metadata);
  }

  replace(all: readonly UserMetadata[]): void {
    this.#byTid.clear();
    this.restore(all);
  }

  list(): UserMetadata[] {
    return [...this.#byTid].map(([TID, Metadata]) => ({ TID, Metadata }));
  }

  want(wanted: Wanted): void {
    for (const [tid, metadata] of this.#byTid) for (const node of this.#nodes(tid)) wanted.add(node, metadata, BY_USER);
  }

  /**
   * A user changes keys of a node that a probe made: remembers them, and gives what to write besides. Throws a Mistake
   * for keys that are not users' to set: the probe would say them again.
   */
  patched(node: GraphNode, { set, unset }: Keys): Keys {
    const { TID, Type } = node.metadata;
    if (typeof TID !== 'string') return { set, unset };
    const observed = this.#parts.observed(String(Type));
    const wrong = [...Object.keys(set), ...unset].find((key) => observed.has(key) || key === SET_BY);
    if (wrong !== undefined)
      throw mistake(
        'user.observed',
        wrong === SET_BY
          ? `${SET_BY} is written by Skein itself`
          : `${wrong} is what a probe sees of a ${Type}, and would be said again`,
        'choose a key of your own',
      );
    const metadata: Record<string, Value> = { ...this.#byTid.get(TID), ...set };
    for (const key of unset) delete metadata[key];
    if (!this.#byTid.has(TID) && this.#byTid.size >= this.#parts.max)
      throw mistake(
        'user.many',
        `${this.#parts.max} nodes have metadata of users, which is the most there may be`,
        'unset some',
      );
    if (Object.keys(metadata).length > 0) this.#byTid.set(TID, metadata);
    else this.#byTid.delete(TID);
    this.#parts.changed();
    const setBy: Record<string, string> = { ...setByOf(node.metadata) };
    for (const key of Object.keys(set)) setBy[key] = BY_USER;
    for (const key of unset) delete setBy[key];
    return Object.keys(setBy).length > 0
      ? { set: { ...set, [SET_BY]: setBy }, unset }
      : { set, unset: [...unset, SET_BY] };
  }

  *#nodes(tid: string): Iterable<GraphNode> {
    const view = this.#parts.view();
    const found = view.nodesWith('TID', tid);
    for (const node of found ?? view.nodes()) if (node.metadata.TID === tid) yield node;
  }
}
