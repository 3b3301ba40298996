/** The past. One interface, one contract suite, several backends. */

import type { Socket } from '../ends/socket.ts';
import type { SocketView } from '../ends/socket-view.ts';
import type { Flow, RawPacket } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import type { FlowView } from '../flow/view.ts';
import type { GraphEvent, SampleEvent } from '../graph/change.ts';
import type { Element } from '../graph/element.ts';
import type { GraphView, Sample, Span, Wanted } from '../graph/view.ts';
import type { DumpedOfGraph, DumpPage } from './dump.ts';

export interface Archive extends AsyncDisposable {
  /**
   * Keeps a batch durably: when it resolves, `kill -9` loses nothing of it. The same batch id again changes nothing.
   * Batches of one writer come one after the other: the next when the one before is kept, or given up. Many writers
   * can append at a time. A version is named by its element, the birth of its life and its revision: one that is there
   * changes nothing, whoever brings it and in whichever batch; nor does an end that is known, nor a sample. What is late
   * takes its place in valid time. Only an event with `isReopened` opens a life that has ended.
   */
  append(batch: ArchiveBatch): Promise<void>;
  /**
   * Everything as it was at `time`; with `knownAt`, as far as it had been recorded by then. With `wanted` it may be that
   * part alone.
   */
  viewAt(time: number, options?: { readonly knownAt?: number; readonly wanted?: Wanted }): Promise<GraphView>;
  /** Every version that overlaps the span. */
  viewBetween(span: Span): Promise<GraphView>;
  /** Versions of the given elements that overlap the span, oldest first. */
  versions(ids: readonly string[], span?: Span): Promise<Element[]>;
  samples(ids: readonly string[], series: string, span: Span): Promise<Map<string, Sample[]>>;
  /** Elements that were alive when the archive was last written to, of all or of these origins: what a restart finds. */
  open(origins?: ReadonlySet<string>): Promise<Element[]>;
  /**
   * Ends the lives that these elements had at `time`, the last moment they were known. A life that has begun since is
   * another; one that ended because another began had ended before.
   */
  closeLost(lost: readonly ElementName[], time: number): Promise<void>;
  /** First and last moment known; undefined when empty. */
  range(): Promise<Span | undefined>;
  /** Spans in which nobody was watching: from the last sign of life to the next start. */
  gaps(): Promise<Span[]>;
  /** Forgets what ended before. Elements alive stay. */
  prune(before: number): Promise<void>;
  health(): Promise<ArchiveHealth>;
  /**
   * All versions and then all samples that are kept, in pages; behind the page whose `next` is given. What was there
   * before it began comes once; what is added, changed or pruned meanwhile may or may not. dump-all.ts adds flows and sockets.
   * With a span at least what was so at some time of it, and of each series the newest sample that ended before: a short
   * one is quick, however long the history is.
   */
  dump(after?: string, span?: Span): AsyncIterable<DumpPage<DumpedOfGraph>>;
  /**
   * Resolves when all that others had written to the same place before is found here, of whatever kind: questions alone
   * may find it only later. Undefined: nobody else writes there.
   */
  caughtUp?(): Promise<void>;
  /** Where flows are kept; undefined: this archive keeps none. */
  readonly flows?: FlowArchive;
  /** Where sockets are kept; undefined: this archive keeps none. */
  readonly sockets?: SocketArchive;
}

/** Flows of the past. `find` and `count` need a time here: now is the live table's. */
export interface FlowArchive extends FlowView {
  /** As `append`: durable when it resolves, the same id again changes nothing. */
  append(batch: FlowBatch): Promise<void>;
  /** Losses one by one as they were told, in pages, as `Archive.dump`. */
  dumpLosses(after?: string): AsyncIterable<DumpPage<Loss>>;
  prune(before: number): Promise<void>;
  health(): Promise<FlowArchiveHealth>;
}

export interface FlowBatch {
  /** Writer and sequence number: `<boot>-<n>`. */
  readonly id: string;
  /** Each as it stood at its update, with what that added in LastUpdateMetric: the newest by UUID is the flow, all are its points. */
  readonly flows: readonly Flow[];
  readonly rawPackets: readonly { readonly uuid: string; readonly packet: RawPacket }[];
  readonly losses: readonly Loss[];
}

export interface FlowArchiveHealth {
  readonly flows: number;
  readonly points: number;
  readonly rawPackets: number;
  readonly sizeBytes: number;
  readonly range: Span | undefined;
  /** How long each is kept, ms, by what it is: flows, points, 1m, 5m, 1h, rawPackets. */
  readonly ages: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

/** Sockets of the past. `find` needs a time here: now is the live table's. */
export interface SocketArchive extends SocketView {
  /** As `append`: durable when it resolves, the same id again changes nothing. */
  append(batch: SocketBatch): Promise<void>;
  /** At a start: those that an earlier run left open were so until its last sign of life, unless they are told again. */
  closeLost(): Promise<void>;
  /** Forgets what closed before. */
  prune(before: number): Promise<void>;
  health(): Promise<SocketArchiveHealth>;
}

export interface SocketBatch {
  /** Writer and sequence number: `<boot>-<n>`. */
  readonly id: string;
  /** A sign of life: everything is known until this moment, epoch ms. */
  readonly time: number;
  /** As they are: one that is told again, by its id and its ends, is the same. */
  readonly sockets: readonly Socket[];
}

export interface SocketArchiveHealth {
  readonly sockets: number;
  readonly sizeBytes: number;
  readonly range: Span | undefined;
  readonly notes: readonly string[];
}

/** An id alone is not enough: a node and an edge can have the same. */
export type ElementName = Pick<Element, 'kind' | 'id'>;

export interface ArchiveBatch {
  /** Writer and sequence number: `<boot>-<n>`. */
  readonly id: string;
  /** A sign of life: everything is known until this moment, epoch ms. */
  readonly time: number;
  readonly events: readonly GraphEvent[];
  readonly samples: readonly SampleEvent[];
  /**
   * Passed on for another, an agent: no sign of life of this process, so that it neither hides a gap nor makes one. Its
   * `time` counts for nothing but to forget its writer when nothing was heard of it for as long as history is kept.
   */
  readonly isRelayed?: boolean;
}

export interface ArchiveHealth {
  readonly kind: string;
  /** File or address. */
  readonly place: string;
  readonly state: 'ok' | 'degraded' | 'failed';
  /** Sentence for people when it is not ok, or when something was found at open (a corrupt file kept aside…). */
  readonly notes: readonly string[];
  readonly sizeBytes: number;
  readonly sizeBytesMax: number;
  readonly ageMsMax: number;
  readonly versions: number;
  readonly samples: number;
  readonly range: Span | undefined;
}
