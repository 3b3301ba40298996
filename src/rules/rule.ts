/** What users say of the network themselves: about nodes that a query finds, between them, and of single nodes. */
import type { Metadata } from '../graph/element.ts';

interface Named {
  readonly UUID: string;
  readonly Name?: string | undefined;
  readonly Description?: string | undefined;
  readonly Metadata: Metadata;
}

/** `create` makes a node; `update` adds metadata to every node that the query finds, for as long as it does. */
export type NodeRule = Named & ({ readonly Action: 'create' } | { readonly Action: 'update'; readonly Query: string });

/** An edge from every node that Src finds to every one that Dst finds. */
export interface EdgeRule extends Named {
  readonly Src: string;
  readonly Dst: string;
}

/** Metadata that a user gave to one thing: it is found by its TID, which stays when it is made anew. */
export interface UserMetadata {
  readonly TID: string;
  readonly Metadata: Metadata;
}

export type Rule = NodeRule | EdgeRule;

/** As asked for: the UUID is ours to give. */
export type NewRule<R> = R extends unknown ? Omit<R, 'UUID'> : never;

/** Of all there is: what is written down over a restart. */
export interface AllRules {
  readonly nodeRules: readonly NodeRule[];
  readonly edgeRules: readonly EdgeRule[];
  readonly userMetadata: readonly UserMetadata[];
}

export interface RuleLimits {
  /** Node rules and edge rules together. */
  readonly rules: number;
  /** Edges of one edge rule. */
  readonly edges: number;
  /** Nodes that users gave metadata to. */
  readonly userNodes: number;
}

export const defaultLimits: RuleLimits = { rules: 1_000, edges: 10_000, userNodes: 10_000 };
