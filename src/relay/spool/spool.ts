/** Facts on the agent's disk, in order, from when they are learned until an analyzer keeps them. */
import type { Element } from '../../graph/element.ts';
import type { Told } from '../../graph/told.ts';
import type { Clock } from '../../std/clock.ts';
import type { LineLog } from '../../std/log.ts';
import type { Facts, Lost } from '../message.ts';
import type { Disk } from './disk.ts';

export interface SpoolOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: LineLog;
  /** A new name each time. */
  readonly uuid: () => string;
  /**
   * All open elements as they are told with the facts that are being appended: nothing that is not in these or earlier
   * facts, and also what is remembered of an earlier run and was not told gone. Called within `append`.
   */
  readonly picture: () => Iterable<Told>;
  /** All files together; 256 MiB. */
  readonly maxBytes?: number;
}

export interface Spool {
  /** A UUID; another one when what was told may not be what is here. */
  readonly id: string;
  /** The oldest batch that is not acknowledged; `next` when there is none. */
  readonly first: number;
  /** Number of the next batch; the first ever is 1. */
  readonly next: number;
  /** Told changes are missing here: the next facts shall tell graph and sockets from the beginning. */
  readonly needsWholeGraph: boolean;
  /** What an earlier run left: its open elements with their revisions, and until when all is told (0: never). Handed out once. */
  restored(): { readonly elements: readonly Element[]; readonly lastTime: number };
  /** Gives the number of its batch. When it returns, the batch survives the end of the process, however that comes. Never throws for want of room. */
  append(facts: Facts): number;
  /** Batches from this number on, oldest first, numbers growing (with gaps where batches were lost): at least one if there is one. */
  read(from: number, maxBytes: number): readonly SpooledBatch[];
  /** Batches up to this number are kept elsewhere. */
  acknowledge(upTo: number): void;
  status(): SpoolStatus;
  /** Durable even when the power fails. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface SpooledBatch {
  readonly seq: number;
  /** The batch before it: not `seq - 1` where some were lost. 0 where this spool's name begins. */
  readonly after: number;
  /** As `wire/facts.ts` encodes them. */
  readonly facts: Uint8Array;
}

export interface SpoolStatus {
  readonly id: string;
  readonly first: number;
  readonly next: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** Of `bytes`: kept for when the disk is full. 0: there was no room for it, and whole segments will go then. */
  readonly reserveBytes: number;
  readonly segments: number;
  /** Since the start of this run, by what it was. */
  readonly lost: Readonly<Record<Lost['what'], number>>;
  /** Frames that could not be read back, and syncs that failed. */
  readonly damaged: number;
  readonly syncFailures: number;
  /** Why nothing can be written at the moment: 'ENOSPC'. */
  readonly fault?: string | undefined;
}
