/** What a writer says about the world. Probes describe, the graph compares: saying a thing twice changes nothing. */
import type { Element, Metadata } from './element.ts';

export type Change =
  | {
      readonly kind: 'node';
      readonly id: string;
      readonly metadata: Metadata;
      /**
       * Top-level keys this writer answers for: those of them that are absent from `metadata` are removed, all other
       * keys of the node are left as they are. Without it the metadata is replaced as a whole.
       */
      readonly owns?: ReadonlySet<string>;
    }
  | {
      readonly kind: 'edge';
      /** Derived from both ends and the relation when left out. */
      readonly id?: string;
      readonly parent: string;
      readonly child: string;
      readonly metadata: Metadata;
    }
  /** Changes some top-level keys of a node or an edge that exists. Without `of` a node is looked for first. */
  | {
      readonly kind: 'set';
      readonly id: string;
      readonly of?: 'node' | 'edge';
      readonly set?: Metadata;
      readonly unset?: readonly string[];
    }
  /** A node with all its edges, or an edge, is no more. */
  | { readonly kind: 'gone'; readonly id: string; readonly of?: 'node' | 'edge' }
  /** New totals of an element's counters: a point of a series, never a version. */
  | {
      readonly kind: 'counters';
      readonly id: string;
      readonly series: string;
      readonly total: Readonly<Record<string, number>>;
    };

/** Whose words these are, and of when. */
export interface Source {
  readonly host: string;
  readonly origin: string;
  /** Valid time of the changes, epoch ms. */
  readonly time: number;
  /** When they were learned; the same as `time` unless they come late. */
  readonly recordedAt?: number;
}

/** What really changed, in the order it was written to the log. */
export interface GraphEvent {
  /** Position in the change log; grows by one with each event and is never reused. */
  readonly revision: number;
  readonly kind: 'added' | 'updated' | 'removed';
  /** The element as it is after; when removed: its last version, with `deletedAt` set. */
  readonly element: Element;
  /** The version that this event ended; undefined when added. */
  readonly before: Element | undefined;
  /**
   * Of 'added': this life may have been ended by mistake, when its teller was away for long. It goes on, with the same
   * versions by the same names, and without a hole.
   */
  readonly isReopened?: true;
}

/** A point of a series, as it is archived. */
export interface SampleEvent {
  readonly id: string;
  readonly series: string;
  readonly start: number;
  readonly last: number;
  readonly counters: Readonly<Record<string, number>>;
  /** Totals at `last`: what a view of the past shows. */
  readonly total?: Readonly<Record<string, number>>;
}

/** The result of one `apply`. Refused changes harm nothing else. */
export interface Commit {
  readonly time: number;
  readonly recordedAt: number;
  readonly events: readonly GraphEvent[];
  readonly samples: readonly SampleEvent[];
  readonly refused: readonly { readonly change: Change; readonly reason: string }[];
  /** Told by another graph, whose versions these are: whoever took them in sees to it that they are kept. */
  readonly isTold?: boolean;
}

/** Where probes write. One call is one transaction: its changes share their time and reach listeners together. */
export interface GraphWriter {
  apply(changes: Iterable<Change>): Commit;
}
