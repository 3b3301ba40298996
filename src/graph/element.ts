/** What the graph is made of. A node or an edge is always one immutable version of itself. */

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export type Metadata = { readonly [key: string]: Value };

interface Version {
  readonly id: string;
  readonly metadata: Metadata;
  /** host_id of the machine it belongs to. */
  readonly host: string;
  /** Who says so: `agent.<host>`, `api.<host>`, or what a publisher calls itself. */
  readonly origin: string;
  /** Start of this life of the id, epoch ms, by the clock of whoever saw it. */
  readonly createdAt: number;
  /** Since when this version has been so (valid time, epoch ms). Equals createdAt for the first version. */
  readonly updatedAt: number;
  /** End of this life, epoch ms; undefined while it is alive. Known in hindsight on versions of the past too. */
  readonly deletedAt: number | undefined;
  /** Until when this version was so; undefined while it still is. The interval is [updatedAt, validTo). */
  readonly validTo: number | undefined;
  /** When we learned of this version, epoch ms, by our own clock: the second time axis. */
  readonly recordedAt: number;
  /** 1 for the first version of a life, +1 with every change. */
  readonly revision: number;
}

export interface GraphNode extends Version {
  readonly kind: 'node';
}

/** A directed edge; its relation is `metadata.RelationType`. */
export interface GraphEdge extends Version {
  readonly kind: 'edge';
  /** Node id it starts from. */
  readonly parent: string;
  /** Node id it goes to. */
  readonly child: string;
}

export type Element = GraphNode | GraphEdge;
