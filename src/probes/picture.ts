/** What a probe sees at one moment: nodes of its own, what it adds to nodes of others, and edges. */
import type { Metadata } from '../graph/element.ts';
import { edgeId } from '../std/edgeid.ts';

export interface PictureEdge {
  readonly parent: string;
  readonly child: string;
  readonly metadata: Metadata;
}

export interface Picture {
  /** Nodes of the probe's own, by id. */
  readonly nodes: ReadonlyMap<string, Metadata>;
  /** Keys that are added to nodes that other probes made, by their id. */
  readonly additions: ReadonlyMap<string, Metadata>;
  readonly edges: ReadonlyMap<string, PictureEdge>;
}

/** A picture that is being drawn. */
export class Sketch implements Picture {
  readonly nodes = new Map<string, Metadata>();
  readonly additions = new Map<string, Metadata>();
  readonly edges = new Map<string, PictureEdge>();

  /** Two edges of one relation between the same nodes are one, unless `name` tells them apart. */
  link(parent: string, child: string, relation: string, more: Metadata = {}, name = relation): void {
    this.edges.set(edgeId(parent, child, name), { parent, child, metadata: { RelationType: relation, ...more } });
  }
}
