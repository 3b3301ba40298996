/**
 * What another graph tells of its own versions, to one that mirrors it. A version is named by its element, the birth of
 * this life and its revision, by the graph that made it: told twice, late, or by two ways it is the same version.
 */
import type { Commit } from './change.ts';
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

/** How a mirror takes in what it is told. Times are epoch ms. */
export interface Mirroring {
  /** When this process learned of it, by its own clock. */
  readonly recordedAt: number;
  /** What is told is all there was of the teller at this moment: what else of it had begun by then, and is alive here, was gone. */
  readonly wholeAt?: number;
  /** Of this origin it is not only the teller that speaks: what is told may be changed here too. */
  readonly isShared?: boolean;
}

/** What taking it in did here. Its events are those of any commit, though their times may be older than others'. */
export interface Mirrored extends Commit {
  /** Of these an update was told whose version before is not here: a whole version, or a whole picture, is needed. */
  readonly missing: readonly Pick<Element, 'kind' | 'id'>[];
}

/** What a mirror keeps beside the graph, and what of that found no room. */
export interface MirrorCounts {
  /** Edges told of whose ends are not there yet. */
  readonly edgesWaiting: number;
  readonly edgesDropped: number;
  /** Words on elements that another teller shows. */
  readonly aside: number;
  readonly asideDropped: number;
}
