/** What all rules together want the graph to hold: keys of nodes with who wants them, nodes, and edges. */
import type { GraphNode, Metadata, Value } from '../graph/element.ts';

/** Tells of each key that a rule or a user put on a node whose it is: `user`, or the UUID of the rule. */
export const SET_BY = 'SetBy';
export const BY_USER = 'user';

export interface WantedKey {
  readonly value: Value;
  readonly by: string;
}

export interface WantedEdge {
  readonly parent: string;
  readonly child: string;
  readonly metadata: Metadata;
  readonly by: string;
}

/** Sentences that are kept about one rule. */
const NOTES_MAX = 20;

export class Wanted {
  /** By id of the node, then by key. */
  readonly keys = new Map<string, Map<string, WantedKey>>();
  readonly nodes = new Map<string, { readonly metadata: Metadata; readonly by: string }>();
  readonly edges = new Map<string, WantedEdge>();
  readonly notes = new Map<string, string[]>();
  readonly #observed: (type: string) => ReadonlySet<string>;

  /** `observed`: keys that probes, and not users, say of nodes of a type. */
  constructor(observed: (type: string) => ReadonlySet<string>) {
    this.#observed = observed;
  }

  /** The first one who wants a key has it. */
  add(node: GraphNode, metadata: Metadata, by: string): void {
    const observed = this.#observed(String(node.metadata.Type));
    const setBy = setByOf(node.metadata);
    let wanted = this.keys.get(node.id);
    for (const [key, value] of Object.entries(metadata)) {
      const other = wanted?.get(key);
      const name = String(node.metadata.Name ?? node.id);
      if (observed.has(key)) this.note(by, `${name}: ${key} is what a probe sees, and is left as it is`);
      else if (other) this.note(by, `${name}: ${key} is set by ${whose(other.by)} already`);
      else if (node.metadata[key] !== undefined && setBy[key] === undefined)
        this.note(by, `${name}: ${key} was there before, and is left as it is`);
      else {
        wanted ??= new Map();
        wanted.set(key, { value, by });
      }
    }
    if (wanted) this.keys.set(node.id, wanted);
  }

  note(by: string, text: string): void {
    const notes = this.notes.get(by) ?? [];
    this.notes.set(by, notes);
    if (notes.length < NOTES_MAX) notes.push(text);
  }
}

export function setByOf(metadata: Metadata): Readonly<Record<string, string>> {
  const said = metadata[SET_BY];
  return typeof said === 'object' && said !== null && !Array.isArray(said) ? (said as Record<string, string>) : {};
}

function whose(by: string): string {
  return by === BY_USER ? 'a user' : `rule ${by}`;
}
