/**
 * The edges this probe has said, and on whose account: the edge of a pair is claimed by both of its ends and goes when
 * neither claims it any more.
 */
import type { Change } from '../../graph/change.ts';
import type { GraphEdge, Metadata } from '../../graph/element.ts';
import { edgeId } from '../../std/edgeid.ts';

export interface Relation {
  readonly parent: string;
  readonly child: string;
  readonly metadata: Metadata & { readonly RelationType: string };
}

interface Said extends Relation {
  readonly id: string;
  readonly claimants: Set<string>;
}

export class Relations {
  readonly #said = new Map<string, Said>();
  readonly #byClaimant = new Map<string, Set<string>>();
  readonly #byNode = new Map<string, Set<string>>();

  /** All that `claimant` (a node) says now; what it said before and does not now it takes back. */
  claim(claimant: string, relations: readonly Relation[]): Change[] {
    const changes: Change[] = [];
    const before = this.#byClaimant.get(claimant);
    const now = new Set<string>();
    for (const relation of relations) {
      const id = relationId(relation);
      now.add(id);
      const said = this.#said.get(id);
      if (said) {
        said.claimants.add(claimant);
        if (isSame(said.metadata, relation.metadata)) continue;
      }
      this.#say({ ...relation, id, claimants: said?.claimants ?? new Set([claimant]) });
      changes.push({ kind: 'edge', id, ...relation });
    }
    for (const id of before ?? []) if (!now.has(id)) changes.push(...this.#withdraw(claimant, id));
    if (now.size > 0) this.#byClaimant.set(claimant, now);
    else this.#byClaimant.delete(claimant);
    return changes;
  }

  /** Edges of an earlier run that are of our making, on account of both of their ends. */
  adopt(edges: readonly GraphEdge[]): void {
    for (const { id, parent, child, metadata } of edges) {
      const { RelationType } = metadata;
      if (typeof RelationType !== 'string' || this.#said.has(id)) continue;
      const relation = { parent, child, metadata: { ...metadata, RelationType } };
      if (relationId(relation) !== id) continue;
      // An owner does not speak of what it owns.
      const claimants = new Set(RelationType === 'ownership' ? [child] : [parent, child]);
      this.#say({ ...relation, id, claimants });
      for (const claimant of claimants) {
        const claimed = this.#byClaimant.get(claimant);
        if (claimed) claimed.add(id);
        else this.#byClaimant.set(claimant, new Set([id]));
      }
    }
  }

  /** A node goes and takes its edges with it. Gives the other nodes that had claimed one of them. */
  forget(node: string): Set<string> {
    const bereft = new Set<string>();
    for (const id of [...(this.#byNode.get(node) ?? [])]) {
      for (const claimant of this.#said.get(id)?.claimants ?? []) {
        if (claimant !== node) bereft.add(claimant);
        this.#byClaimant.get(claimant)?.delete(id);
      }
      this.#unsay(id);
    }
    this.#byClaimant.delete(node);
    return bereft;
  }

  #say(said: Said): void {
    this.#said.set(said.id, said);
    for (const node of [said.parent, said.child]) {
      const ids = this.#byNode.get(node);
      if (ids) ids.add(said.id);
      else this.#byNode.set(node, new Set([said.id]));
    }
  }

  #withdraw(claimant: string, id: string): Change[] {
    const said = this.#said.get(id);
    if (!said) return [];
    said.claimants.delete(claimant);
    if (said.claimants.size > 0) return [];
    this.#unsay(id);
    return [{ kind: 'gone', id, of: 'edge' }];
  }

  #unsay(id: string): void {
    const said = this.#said.get(id);
    if (!said) return;
    this.#said.delete(id);
    for (const node of [said.parent, said.child]) {
      const ids = this.#byNode.get(node);
      ids?.delete(id);
      if (ids?.size === 0) this.#byNode.delete(node);
    }
  }
}

function relationId({ parent, child, metadata }: Relation): string {
  return edgeId(parent, child, metadata.RelationType);
}

function isSame(a: Metadata, b: Metadata): boolean {
  return a.Type === b.Type;
}
