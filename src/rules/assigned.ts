/** Keys that rules elsewhere want on our nodes: an analyzer's rules find nodes of all agents, and each agent writes its own. */
import type { Commit } from '../graph/change.ts';
import type { Value } from '../graph/element.ts';
import { Wanted, type WantedKey } from './wanted.ts';
import { Writing, type WritingParts } from './writing.ts';

/** What a node is to have, as JSON carries it: by key. */
export interface AssignedNode {
  readonly id: string;
  readonly keys: Readonly<Record<string, { readonly value: Value; readonly by: string }>>;
}

export class AssignedKeys {
  readonly #writing: Writing;
  readonly #nodes = new Map<string, Map<string, WantedKey>>();
  /** Until it is known what is wanted, what an earlier run wrote stays. */
  #isTold = false;

  constructor(parts: WritingParts) {
    this.#writing = new Writing(parts);
  }

  /** This is all that is wanted from now on. Gives sentences about what could not be done. */
  assign(nodes: readonly AssignedNode[]): readonly string[] {
    this.#nodes.clear();
    for (const { id, keys } of nodes) this.#nodes.set(id, new Map(Object.entries(keys)));
    if (!this.#isTold) this.#writing.adopt();
    this.#isTold = true;
    return this.#write();
  }

  /** A node that is made anew has its keys again. */
  saw({ events }: Commit): void {
    if (this.#writing.isWriting || !this.#isTold) return;
    if (events.some(({ element }) => this.#nodes.has(element.id))) this.#write();
  }

  #write(): readonly string[] {
    const wanted = new Wanted(() => NOTHING);
    for (const [id, keys] of this.#nodes) wanted.keys.set(id, keys);
    this.#writing.write(wanted);
    return wanted.notes.get('') ?? [];
  }
}

const NOTHING: ReadonlySet<string> = new Set();
