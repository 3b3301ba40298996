/**
 * Tells an analyzer that is not the home of this agent its topology and its sockets: all of it first, then what
 * changes. One that takes it too slowly is told nothing for a while, and then all of it again.
 */
import type { Socket } from '../../ends/socket.ts';
import type { Told } from '../../graph/told.ts';
import type { Clock } from '../../std/clock.ts';
import type { AgentLink } from '../link.ts';
import type { Ack, Facts, Welcome } from '../message.ts';
import type { Feed } from './feed.ts';

export interface MirrorFeedParts {
  readonly link: AgentLink;
  readonly clock: Clock;
  readonly picture: () => Iterable<Told> | undefined;
  readonly openSockets: () => Iterable<Socket>;
  readonly encode: (facts: Facts) => Uint8Array;
  readonly count: MirrorCount;
}

export interface MirrorCount {
  batches: number;
  bytes: number;
  /** Whole pictures told. */
  wholes: number;
  /** Batches left out because the analyzer, or the way to it, was too slow: a whole picture followed. */
  leftOut: number;
}

export class MirrorFeed implements Feed {
  readonly #parts: MirrorFeedParts;
  #window = { batchesMax: 0, bytesMax: 0 };
  #last = 0;
  #inFlight: { readonly seq: number; readonly bytes: number }[] = [];
  #inFlightBytes = 0;
  #needsWhole = true;
  #isStopped = false;

  constructor(parts: MirrorFeedParts) {
    this.#parts = parts;
  }

  welcomed({ batchesMax, bytesMax }: Welcome): void {
    this.#window = { batchesMax, bytesMax };
    this.pump();
  }

  acked({ kept, wants, window }: Ack): void {
    if (window) this.#window = window;
    while (this.#inFlight[0] && this.#inFlight[0].seq <= kept)
      this.#inFlightBytes -= this.#inFlight.shift()?.bytes ?? 0;
    // A whole picture that is on its way still is what is wanted.
    if ((wants?.graph || wants?.sockets) && this.#inFlight.length === 0) this.#needsWhole = true;
    this.pump();
  }

  /** What the outbox has just told the spool. */
  told(facts: Facts): void {
    if (this.#isStopped || this.#window.batchesMax === 0) return;
    if (this.#needsWhole) {
      this.#parts.count.leftOut++;
      this.pump();
      return;
    }
    if (facts.graph.length + facts.sockets.length === 0 && this.#inFlight.length > 0) return;
    if (this.#inFlight.length >= this.#window.batchesMax || this.#inFlightBytes >= this.#window.bytesMax) {
      this.#needsWhole = true;
      this.#parts.count.leftOut++;
      return;
    }
    this.#send(this.#parts.encode(facts));
  }

  /** A whole picture goes when all before it has been taken. */
  pump(): void {
    if (this.#isStopped || !this.#needsWhole || this.#inFlight.length > 0 || this.#window.batchesMax === 0) return;
    const { clock, picture, openSockets, encode, count } = this.#parts;
    const graph = picture();
    if (!graph) return;
    this.#needsWhole = false;
    count.wholes++;
    const sockets = [...openSockets()];
    this.#send(
      encode({ ...NOTHING, time: clock.now(), isWholeGraph: true, isAllSockets: true, graph: [...graph], sockets }),
    );
  }

  stop(): void {
    this.#isStopped = true;
  }

  #send(facts: Uint8Array): void {
    const seq = this.#last + 1;
    this.#parts.link.send({ kind: 'batch', seq, after: this.#last, facts });
    this.#last = seq;
    this.#inFlight.push({ seq, bytes: facts.length });
    this.#inFlightBytes += facts.length;
    this.#parts.count.batches++;
    this.#parts.count.bytes += facts.length;
  }
}

const NOTHING = { samples: [], flows: [], rawPackets: [], losses: [], lost: [] };

/** Of all facts those that every analyzer is told. */
export function mirrored({ time, isWholeGraph, isAllSockets, graph, sockets }: Facts): Facts {
  return { ...NOTHING, time, isWholeGraph, isAllSockets, graph, sockets };
}
