/** Says what the picture is, and takes back what it was and is not any more. */
import type { Change, GraphWriter } from '../../graph/change.ts';
import type { Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { ProbeHost } from '../probe.ts';
import { deviceType, ovsId, type Picture } from './picture.ts';
import { ADDED_KEYS, OWNED } from './vocabulary.ts';

export class Speaker {
  readonly #graph: GraphWriter;
  readonly #host: ProbeHost;
  readonly #nodes = new Set<string>();
  readonly #additions = new Set<string>();
  readonly #edges = new Set<string>();

  constructor(graph: GraphWriter, host: ProbeHost) {
    this.#graph = graph;
    this.#host = host;
  }

  /** Gives how many changes the graph refused. */
  say(picture: Picture, view: GraphView): number {
    const changes = [...this.#takeBack(picture, view), ...this.#tell(picture)];
    return changes.length === 0 ? 0 : this.#graph.apply(changes).refused.length;
  }

  /** Takes over what an earlier run has left in the graph. */
  adopt(view: GraphView): void {
    for (const node of view.nodes()) {
      const { UUID, Ovs } = node.metadata;
      if (typeof UUID !== 'string' || node.host !== this.#host.name) continue;
      if (node.id === ovsId(this.#host.name, UUID)) {
        this.#nodes.add(node.id);
        for (const edge of [...view.in(node), ...view.out(node)]) if (this.#isOf(edge.origin)) this.#edges.add(edge.id);
      } else if (Ovs !== undefined && this.#isOf(node.origin)) this.#additions.add(node.id);
    }
  }

  *#takeBack(picture: Picture, view: GraphView): Iterable<Change> {
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
      for (const { metadata } of view.nodes(id)) yield { kind: 'set', id, of: 'node', ...withdrawn(metadata) };
    }
  }

  *#tell({ nodes, additions, edges }: Picture): Iterable<Change> {
    for (const [id, metadata] of nodes) {
      this.#nodes.add(id);
      yield { kind: 'node', id, metadata, owns: OWNED };
    }
    for (const [id, set] of additions) {
      this.#additions.add(id);
      yield { kind: 'set', id, of: 'node', set, unset: ADDED_KEYS.filter((key) => !Object.hasOwn(set, key)) };
    }
    for (const [id, edge] of edges) {
      this.#edges.add(id);
      yield { kind: 'edge', id, ...edge };
    }
  }

  /** Users and publishers may hang things on our nodes. */
  #isOf(origin: string): boolean {
    return origin.endsWith(`.${this.#host.name}`) && origin.startsWith('agent.');
  }
}

function withdrawn(metadata: Metadata): { readonly set?: Metadata; readonly unset: readonly string[] } {
  const type = metadata.Type === 'internal' ? deviceType(metadata) : undefined;
  return { ...(type !== undefined && { set: { Type: type } }), unset: ADDED_KEYS };
}
