/** What the archive and its thread say to each other. */
import type { Span } from '../../graph/view.ts';
import type { ElementName } from '../archive.ts';
import type { FlowKeeping } from '../flow-keeping.ts';
import type { SocketKeeping } from '../socket-keeping.ts';
import type { FlowAnswer, FlowOrder } from './flows/ask.ts';
import type { PackedBatch } from './packed.ts';
import type { SocketAnswer, SocketOrder } from './sockets/ask.ts';

/** What the thread is started with. */
export interface ThreadOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Versions, or samples, in one answer about a span. */
  readonly spanRowsMax: number;
  /** What is being made, and of no use when it is not finished: nothing waits for the disk. */
  readonly isBeingMade?: boolean;
  /** Why the file that is there must not be opened again: it is kept aside first. */
  readonly keepAside: string | undefined;
  readonly flows: FlowKeeping;
  readonly sockets: SocketKeeping;
}

export type Read =
  | { readonly kind: 'at'; readonly time: number; readonly knownAt: number | undefined }
  | { readonly kind: 'between'; readonly span: Span }
  | { readonly kind: 'versions'; readonly ids: readonly string[]; readonly span: Span }
  | { readonly kind: 'open' }
  /** Rows behind the one with this number. */
  | { readonly kind: 'dump'; readonly of: 'versions' | 'samples'; readonly after: number; readonly rowsMax: number }
  /** Numbers of the rows behind the one with this number that touch the span, and of each series of the one before it. */
  | { readonly kind: 'rowsIn'; readonly of: 'versions' | 'samples'; readonly span: Span; readonly after: number }
  | { readonly kind: 'dumpRows'; readonly of: 'versions' | 'samples'; readonly rows: readonly number[] }
  | { readonly kind: 'samples'; readonly ids: readonly string[]; readonly series: string; readonly span: Span };

export type Order =
  | { readonly kind: 'append'; readonly batch: PackedBatch }
  | {
      readonly kind: 'closeLost';
      readonly lost: readonly ElementName[];
      readonly time: number;
      readonly recordedAt: number;
    }
  | { readonly kind: 'prune'; readonly before: number }
  | { readonly kind: 'summary' }
  | { readonly kind: 'read'; readonly read: Read }
  | { readonly kind: 'flows'; readonly order: FlowOrder }
  | { readonly kind: 'sockets'; readonly order: SocketOrder }
  /** A part of the answer to this call has been taken in; there is room for another. */
  | { readonly kind: 'more' }
  | { readonly kind: 'close' };

export interface Request {
  readonly call: number;
  readonly order: Order;
}

/** What the archive knows of itself. */
export interface Summary {
  readonly range: Span | undefined;
  readonly gaps: readonly Span[];
  readonly versions: number;
  readonly samples: number;
  readonly sizeBytes: number;
}

export type Reply =
  | { readonly kind: 'opened'; readonly notes: readonly string[] }
  /** It cannot be opened at all; the thread ends. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'part'; readonly call: number; readonly part: Part }
  | { readonly kind: 'done'; readonly call: number; readonly summary?: Summary }
  | { readonly kind: 'flows'; readonly call: number; readonly answer: FlowAnswer }
  | { readonly kind: 'sockets'; readonly call: number; readonly answer: SocketAnswer }
  | { readonly kind: 'failed'; readonly call: number; readonly failure: Failure }
  /** The file is damaged; the thread ends. */
  | { readonly kind: 'corrupt'; readonly why: string };

/** A part of what is read. */
export interface Part {
  readonly of: 'elements' | 'samples' | 'counters' | 'dumped' | 'rows';
  /**
   * A JSON list; of numbers of rows, of elements, of samples `[id, start, last, names, counts]`, of counters
   * `[id, series, start, last, names, counts, names of totals, totals]`, or, dumped, of versions
   * `[row, when the end was recorded, element]` or samples `[row, …as counters]`.
   */
  readonly text: string;
}

/** An error as it crosses the threads: errors of our own classes would arrive as plain ones. */
export type Failure =
  | { readonly kind: 'mistake'; readonly code: string; readonly message: string; readonly hint: string | undefined }
  | { readonly kind: 'unavailable'; readonly what: string; readonly needs: string }
  | { readonly kind: 'bug'; readonly message: string; readonly stack: string | undefined };
