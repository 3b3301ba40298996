/** A graph of one's own, like TinkerGraph but with a past: labels, ids and properties of any type, held in a versioned graph. */
import type { Source } from '../../../graph/change.ts';
import { Graph } from '../../../graph/graph.ts';
import type { GraphView } from '../../../graph/view.ts';
import type { Cardinality } from '../property-graph.ts';
import { indexedKey, LABEL, OwnModel } from './own.ts';
import { OwnWriter } from './own-writer.ts';

export interface OwnGraphOptions {
  readonly nowMs: () => number;
  /** Keys of vertices that get an index at once; others get one when they are asked for often. */
  readonly indexed?: readonly string[];
  /** Cardinality of a vertex property when nobody names one; single when left out. */
  readonly usual?: Cardinality;
  /** Whose words the changes are. */
  readonly source?: Omit<Source, 'time' | 'recordedAt'>;
  /** Called before each change. Throws a Mistake where none can be taken now. */
  readonly mayWrite?: () => void;
  /** As GraphWriter has it: resolves when all that was written is durable. */
  readonly kept?: () => Promise<void>;
  /** As `GraphOptions` has them. */
  readonly firstRevision?: number;
  readonly begin?: number;
}

/** A scan of fewer vertices costs less than an index is worth. */
export const SCAN_MIN = 2000;
/** So many scans for one key, and it gets an index. */
export const SCANS_BEFORE_INDEX = 4;
/** Indexes made without being asked for. */
export const INDEXES_MAX = 8;
/** Keys whose scans are counted; a new one beyond that starts the count again. */
const COUNTED_MAX = 256;

export class OwnGraph {
  readonly graph: Graph;
  readonly model: OwnModel;
  readonly writer: OwnWriter;
  readonly #scans = new Map<string, number>();
  #indexesMade = 0;

  constructor(options: OwnGraphOptions) {
    const { nowMs, usual = 'single', mayWrite, kept, firstRevision, begin } = options;
    const { source = { host: 'skein', origin: 'gremlin' } } = options;
    this.graph = new Graph({
      indexed: [indexedKey(LABEL), ...(options.indexed ?? []).map(indexedKey)],
      ...(firstRevision === undefined ? {} : { firstRevision }),
      ...(begin === undefined ? {} : { begin }),
    });
    this.model = new OwnModel((key, view) => this.#scanned(key, view));
    this.writer = new OwnWriter({
      graph: this.graph,
      usual,
      source: () => ({ ...source, time: nowMs() }),
      mayWrite,
      kept,
    });
  }

  /** What is asked for again and again gets an index. */
  #scanned(key: string, view: GraphView): void {
    if (view.time !== undefined || view.nodeCount < SCAN_MIN || this.#indexesMade >= INDEXES_MAX) return;
    if (!this.#scans.has(key) && this.#scans.size >= COUNTED_MAX) this.#scans.clear();
    const scans = (this.#scans.get(key) ?? 0) + 1;
    this.#scans.set(key, scans);
    if (scans < SCANS_BEFORE_INDEX) return;
    this.#indexesMade++;
    this.#scans.delete(key);
    this.graph.index(indexedKey(key));
  }
}
