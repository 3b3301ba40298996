/** What a file and lines say the network is: nodes by path, links, and which racks hold what. */
import type { Metadata } from '../../graph/element.ts';
import type { End, Link } from './line.ts';

export interface PlannedNode {
  readonly path: readonly string[];
  /** undefined: nobody said. */
  readonly type: string | undefined;
  readonly metadata: Metadata;
}

export interface PlannedLink extends Link {
  /** Default: layer2. */
  readonly relation?: string | undefined;
}

export interface Plan {
  readonly nodes: readonly PlannedNode[];
  readonly links: readonly PlannedLink[];
  /** A rack and what stands in it. */
  readonly held: readonly { readonly by: string; readonly what: End }[];
}

export const nothing: Plan = { nodes: [], links: [], held: [] };

export function joined(plans: readonly Plan[]): Plan {
  return {
    nodes: plans.flatMap(({ nodes }) => nodes),
    links: plans.flatMap(({ links }) => links),
    held: plans.flatMap(({ held }) => held),
  };
}
