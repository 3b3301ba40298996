/** Where a bundle comes from: all that a server knows, whatever keeps it. */
import type { Archive } from '../archive/archive.ts';
import type { SocketView } from '../ends/socket-view.ts';
import type { FlowView } from '../flow/view.ts';
import type { Span, Timeline } from '../graph/view.ts';
import type { Selection } from './selection.ts';

export interface BundleSource {
  readonly host: string;
  readonly version: string;
  readonly timeline: Timeline;
  readonly archive: Archive;
  /** Resolves when all that has happened is in the archive; rejects while it is away. */
  readonly flushed: () => Promise<void>;
  /** What lives and what is kept, as queries see it. */
  readonly flows: FlowView | undefined;
  readonly sockets: SocketView | undefined;
  /** A flow without a packet for so long was over, ms. */
  readonly expireMs: number;
  /** Of the server, as it tells it to those who ask. */
  readonly status: () => unknown;
  /** The last results of checks; undefined: there are none. */
  readonly checks: () => unknown;
}

export interface BundleAsked {
  /** Neither before what is kept, nor after now. */
  readonly span: Span;
  readonly query?: string | undefined;
  readonly selection?: Selection | undefined;
  readonly withPackets: boolean;
  /** Sentences that are in the manifest, about what was left out before. */
  readonly missing: readonly string[];
  readonly by: string;
  /** Epoch ms. */
  readonly nowMs: number;
}

export interface BundleLimits {
  /** Of the archive in it, unpacked. */
  readonly bytesMax: number;
}
