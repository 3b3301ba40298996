/** What the archive and its thread say to each other about sockets. */
import type { SocketQuery } from '../../../ends/socket-view.ts';
import type { Span } from '../../../graph/view.ts';

export type SocketOrder =
  | {
      readonly kind: 'append';
      readonly writer: string;
      readonly n: number;
      readonly time: number;
      /** JSON of a list of sockets: one text crosses faster than many objects. */
      readonly sockets: string;
    }
  | { readonly kind: 'closeLost' }
  | { readonly kind: 'find'; readonly query: SocketQuery & { readonly time: Span } }
  | { readonly kind: 'prune'; readonly before: number }
  | { readonly kind: 'summary' };

export interface SocketAnswer {
  /** Of `find`: JSON of lists of sockets, each short enough to be read in one go. */
  readonly sockets?: readonly string[];
  readonly summary?: SocketSummary;
}

export interface SocketSummary {
  readonly sockets: number;
  readonly sizeBytes: number;
  readonly range: Span | undefined;
  readonly notes: readonly string[];
}
