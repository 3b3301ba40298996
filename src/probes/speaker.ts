/** Says what a probe's picture is, and takes back what it was and is not any more. */
import type { Change, GraphWriter } from '../graph/change.ts';
import type { GraphEdge, GraphNode, Metadata } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import type { Picture } from './picture.ts';
import type { ProbeHost } from './probe.ts';

export interface SpeakerParts {
  readonly graph: GraphWriter;
  readonly host: ProbeHost;
  /** Every key of nodes of the probe's own; others that someone adds to them are left alone. */
  readonly owned: ReadonlySet<string>;
  /** Every key that the probe adds to nodes of others. */
  readonly added: readonly string[];
  /** Whether a node that an earlier run left would be one of our own. */
  readonly isOwn: (node: GraphNode) => boolean;
  /** Whether an edge that an earlier run left would be one of our own, whatever it ties. Default: none is. */
  readonly isOwnEdge?: (edge: GraphEdge) => boolean;
  /** Whether a node of others carries what an earlier run added. Default: it has one of the keys that are added. */
  readonly isAdded?: (node: GraphNode) => boolean;
  /** How what was added is taken back. Default: its keys are removed. */
  readonly withdraw?: (metadata: Metadata) => { readonly set?: Metadata; readonly unset: readonly string[] };
}

export class Speaker {
  readonly #parts: SpeakerParts;
  readonly #nodes = new Set<string>();
  readonly #additions = new Set<string>();
  readonly #edges = new Set<string>();

  constructor(parts: SpeakerParts) {
    this.#parts = parts;
  }

  /** In one transaction. Gives how many changes the graph refused. */
  say(picture: Picture, view: GraphView): number {
    const changes = [...this.#takeBack(picture, view), ...this.#tell(picture)];
    return changes.length === 0 ? 0 : this.#parts.graph.apply(changes).refused.length;
  }

  /** Takes over what an earlier run has left in the graph, so that what is gone since then is taken back. */
  adopt(view: GraphView): void {
    const { host, isOwn, isOwnEdge, isAdded = (node) => this.#hasAdded(node) } = this.#parts;
    if (isOwnEdge)
      for (const edge of view.edges()) if (this.#isOf(edge.origin) && isOwnEdge(edge)) this.#edges.add(edge.id);
    for (const node of view.nodes()) {
      if (node.host !== host.name) continue;
      if (isOwn(node)) {
        this.#nodes.add(node.id);
        for (const edge of [...view.in(node), ...view.out(node)])
          if (this.#isOf(edge.origin) && !this.#isOthers(edge, view)) this.#edges.add(edge.id);
      } else if (this.#isOf(node.origin) && isAdded(node)) this.#additions.add(node.id);
    }
  }

  *#takeBack(picture: Picture, view: GraphView): Iterable<Change> {
    const { added, withdraw = () => ({ unset: added }) } = this.#parts;
    for (const id of this.#edges) {
      if (picture.edges.has(id)) continue;
      this.#edges.delete(id);
      for (const edge of view.edges(id)) yield { kind: 'gone', id: edge.id, of: 'edge' };
    }
    for (const id of this.#nodes) {
      if (picture.nodes.has(id)) continue;
      this.#nodes.delete(id);
      for (const node of view.nodes(id)) yield { kind: 'gone', id: node.id, of: 'node' };
    }
    for (const id of this.#additions) {
      if (picture.additions.has(id)) continue;
      this.#additions.delete(id);
      for (const { metadata } of view.nodes(id)) yield { kind: 'set', id, of: 'node', ...withdraw(metadata) };
    }
  }

  *#tell({ nodes, additions, edges }: Picture): Iterable<Change> {
    const { added, owned } = this.#parts;
    for (const [id, metadata] of nodes) {
      this.#nodes.add(id);
      yield { kind: 'node', id, metadata, owns: owned };
    }
    for (const [id, set] of additions) {
      this.#additions.add(id);
      yield { kind: 'set', id, of: 'node', set, unset: added.filter((key) => !Object.hasOwn(set, key)) };
    }
    for (const [id, edge] of edges) {
      this.#edges.add(id);
      yield { kind: 'edge', id, ...edge };
    }
  }

  /** Another probe may have hung its nodes on ours, as rules of OpenFlow hang on their bridge. */
  #isOthers(edge: GraphEdge, view: GraphView): boolean {
    if (edge.metadata.RelationType !== 'ownership') return false;
    const { isOwn, isAdded = (node) => this.#hasAdded(node) } = this.#parts;
    return [...view.children(edge)].every((child) => !isOwn(child) && !isAdded(child));
  }

  #hasAdded({ metadata }: GraphNode): boolean {
    return this.#parts.added.some((key) => metadata[key] !== undefined);
  }

  /** Users and publishers may hang things on our nodes. */
  #isOf(origin: string): boolean {
    return origin === `agent.${this.#parts.host.name}`;
  }
}
