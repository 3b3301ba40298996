/** Makes the graph hold what rules want, and takes back what they wanted before. */
import type { Change, Commit } from '../graph/change.ts';
import type { GraphNode, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import type { AssignedNode } from './assigned.ts';
import { SET_BY, setByOf, type Wanted, type WantedKey } from './wanted.ts';

export interface WritingParts {
  readonly view: () => GraphView;
  /** In the name of `origin`. */
  readonly apply: (changes: readonly Change[]) => Commit;
  readonly origin: string;
  /** Nodes that are not ours to write are left to who made them (`Writing.forOthers`). Default: all are ours. */
  readonly isOurs?: (node: GraphNode) => boolean;
}

export class Writing {
  readonly #parts: WritingParts;
  /** Nodes that may carry keys of ours; nodes and edges of our own. */
  readonly #keyed = new Set<string>();
  readonly #nodes = new Set<string>();
  readonly #edges = new Map<string, string>();
  #isWriting = false;

  constructor(parts: WritingParts) {
    this.#parts = parts;
  }

  /** Its own changes are being told of. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Takes over what an earlier run has left. */
  adopt(): void {
    const { view, origin } = this.#parts;
    for (const node of view().nodes()) {
      if (node.origin === origin) this.#nodes.add(node.id);
      if (node.metadata[SET_BY] !== undefined) this.#keyed.add(node.id);
    }
    for (const edge of view().edges()) if (edge.origin === origin) this.#edges.set(edge.id, '');
  }

  /** Gives who of those that want something changed the graph by that. */
  write(wanted: Wanted): ReadonlySet<string> {
    const changed = new Set<string>();
    const changes = [
      ...this.#nodesOf(wanted, changed),
      ...this.#edgesOf(wanted, changed),
      ...this.#keysOf(wanted, changed),
    ];
    if (changes.length === 0) return changed;
    this.#isWriting = true;
    try {
      for (const { reason } of this.#parts.apply(changes).refused) wanted.note('', reason);
    } finally {
      this.#isWriting = false;
    }
    return changed;
  }

  /** What nodes of others are to have, by who made them. */
  forOthers(wanted: Wanted): Map<string, AssignedNode[]> {
    const view = this.#parts.view();
    const others = new Map<string, AssignedNode[]>();
    for (const [id, keys] of wanted.keys)
      for (const node of view.nodes(id)) {
        if (this.#isOurs(node)) continue;
        const its = others.get(node.origin) ?? [];
        others.set(node.origin, its);
        its.push({ id, keys: Object.fromEntries(keys) });
      }
    return others;
  }

  #isOurs(node: GraphNode): boolean {
    return this.#parts.isOurs?.(node) ?? true;
  }

  *#nodesOf(wanted: Wanted, changed: Set<string>): Iterable<Change> {
    const view = this.#parts.view();
    for (const id of this.#nodes) {
      if (wanted.nodes.has(id)) continue;
      this.#nodes.delete(id);
      for (const node of view.nodes(id)) yield { kind: 'gone', id: node.id, of: 'node' };
    }
    for (const [id, { metadata, by }] of wanted.nodes) {
      const [there] = view.nodes(id);
      if (!there) changed.add(by);
      this.#nodes.add(id);
      yield { kind: 'node', id, metadata, owns: new Set(Object.keys(metadata)) };
    }
  }

  *#edgesOf(wanted: Wanted, changed: Set<string>): Iterable<Change> {
    const view = this.#parts.view();
    for (const [id, by] of this.#edges) {
      if (wanted.edges.has(id)) continue;
      this.#edges.delete(id);
      for (const edge of view.edges(id)) {
        changed.add(by);
        yield { kind: 'gone', id: edge.id, of: 'edge' };
      }
    }
    for (const [id, { parent, child, metadata, by }] of wanted.edges) {
      const [there] = view.edges(id);
      if (!there) changed.add(by);
      this.#edges.set(id, by);
      yield { kind: 'edge', id, parent, child, metadata };
    }
  }

  *#keysOf(wanted: Wanted, changed: Set<string>): Iterable<Change> {
    const view = this.#parts.view();
    for (const id of new Set([...this.#keyed, ...wanted.keys.keys()])) {
      const keys = wanted.keys.get(id);
      if (keys) this.#keyed.add(id);
      else this.#keyed.delete(id);
      for (const node of view.nodes(id)) {
        if (!this.#isOurs(node)) continue;
        const { change, who } = keysOf(node, keys ?? new Map());
        for (const by of who) changed.add(by);
        if (change) yield change;
      }
    }
  }
}

function keysOf(node: GraphNode, wanted: ReadonlyMap<string, WantedKey>) {
  const before = setByOf(node.metadata);
  const set: Record<string, Value> = {};
  const setBy: Record<string, string> = {};
  const who = new Set<string>();
  for (const [key, { value, by }] of wanted) {
    set[key] = value;
    setBy[key] = by;
    if (before[key] !== by) who.add(by);
  }
  const unset: string[] = [];
  for (const [key, by] of Object.entries(before)) {
    if (wanted.has(key)) continue;
    unset.push(key);
    who.add(by);
  }
  if (wanted.size === 0 && node.metadata[SET_BY] === undefined) return { change: undefined, who };
  if (wanted.size > 0) set[SET_BY] = setBy;
  else unset.push(SET_BY);
  return { change: { kind: 'set', id: node.id, of: 'node', set, unset } satisfies Change, who };
}
