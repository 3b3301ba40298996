/** What a kind of link is (IFLA_INFO_KIND), and what its IFLA_INFO_DATA says. One file per kind that says something. */
import type * as z from 'zod';
import type { Metadata } from '../../../graph/element.ts';
import type { Attributes } from '../../../native/attributes.ts';

export interface LinkKind {
  /** The kernel's own word, and the Type of the node. */
  readonly name: string;
  readonly doc: string;
  /** Keys that only this kind has. */
  readonly fields?: Readonly<Record<string, z.ZodType>>;
  readonly read?: (data: Attributes) => KindReading;
  /** IFLA_LINK names the other end of a pair rather than what the link runs on. */
  readonly isPair?: true;
}

export interface KindReading {
  readonly metadata: Metadata;
  /** ifindex of what it runs on, for kinds whose IFLA_LINK does not say. */
  readonly parent?: number | undefined;
  /** The node's Type where one kind has two faces (tun: tun and tap). */
  readonly type?: string;
}
