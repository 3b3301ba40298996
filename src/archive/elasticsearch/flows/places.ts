/**
 * Where documents of flows lie. Which index a document lies in follows from what it is about, so that one that comes
 * again, after whatever time, meets itself: nothing begins again because an index was rolled over.
 */
import type { FlowKeeping } from '../../flow-keeping.ts';
import type { Elastic } from '../client.ts';
import { Slices } from '../rollover.ts';
import { indexName } from '../templates.ts';

export interface FlowPlacesOptions {
  readonly elastic: Elastic;
  readonly prefix: string;
  readonly keeping: FlowKeeping;
  /** A slice of flows that is larger, or spans more, is followed by a new one. */
  readonly sliceBytes: number;
  readonly sliceMs: number;
}

/** A start moves back by what another processor, or the kernel's table, still had to tell. */
const MOVES_MS = 600_000;

/** Points become fewer a slice at a time. */
const SLICES_OF_POINTS = 3;

export class FlowPlaces {
  readonly flows: Slices;
  /** As they came; what has become of older ones is found by `allPoints` too. */
  readonly points: Slices;
  readonly packets: Slices;
  readonly losses: string;
  /** What each writer has had written, and until when what there was is forgotten. */
  readonly state: string;
  /** An alias: points as they came, and what older ones were summed up to, never both. */
  readonly allPoints: string;
  /** Begins the names of indices that sums lie in. */
  readonly sums: string;

  constructor({ elastic, prefix, keeping: { ages }, sliceBytes, sliceMs }: FlowPlacesOptions) {
    const slices = (name: string, spanMs: number) =>
      new Slices({ elastic, prefix, name, sliceBytes, sliceMs: Math.min(sliceMs, spanMs) });
    this.flows = slices('flows', sliceMs);
    this.points = slices('points', ages.pointsMs / SLICES_OF_POINTS);
    this.packets = slices('packets', ages.rawPacketsMs / SLICES_OF_POINTS);
    this.losses = indexName(prefix, 'losses');
    this.state = indexName(prefix, 'flowstate');
    this.allPoints = `${prefix}points`;
    this.sums = indexName(prefix, 'pointsums');
  }

  get sliced(): readonly Slices[] {
    return [this.flows, this.points, this.packets];
  }

  /** Makes what is not there yet. */
  async begin(): Promise<void> {
    for (const slices of this.sliced) await slices.begin();
  }

  /** Where a word about a flow goes, and where it may lie since a time when it seemed to have begun later. */
  ofFlow(startMs: number): readonly [index: string, later?: string] {
    const index = this.flows.indexAt(startMs);
    const later = this.flows.indexAt(startMs + MOVES_MS);
    return later === index ? [index] : [index, later];
  }
}
