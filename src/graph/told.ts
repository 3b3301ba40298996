/**
 * What another graph tells of its own versions, to one that mirrors it. A version is named by its element, the birth of
 * this life and its revision, by the graph that made it: told twice, late, or by two ways it is the same version.
 */
import type { Element, Metadata } from './element.ts';

export type Told =
  /** A version as a whole. Without `deletedAt` it is so until more is told. */
  | { readonly kind: 'version'; readonly element: Element }
  /** The version after `revision - 1`, by what differs. Who does not have that one needs a whole version. */
  | {
      readonly kind: 'update';
      readonly of: 'node' | 'edge';
      readonly id: string;
      readonly createdAt: number;
      readonly revision: number;
      readonly updatedAt: number;
      readonly set: Metadata;
      readonly unset: readonly string[];
    }
  /** The life ended with `revision` as its last version. */
  | {
      readonly kind: 'gone';
      readonly of: 'node' | 'edge';
      readonly id: string;
      readonly createdAt: number;
      readonly revision: number;
      readonly deletedAt: number;
    };

/** Who tells: the origin of all its elements, `agent.<host>`, and the host they are on. */
export interface Teller {
  readonly origin: string;
  readonly host: string;
}
