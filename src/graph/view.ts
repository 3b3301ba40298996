/** What a query sees. Now, a past moment, a span of time, an archive and a text in a test all look like this. */
import type { Element, GraphEdge, GraphNode, Metadata, Value } from './element.ts';
import type { IndexedKey } from './keyindex.ts';

export interface GraphView {
  /** The instant or the span that is shown; `undefined` is now. Epoch ms; an instant has from === to. */
  readonly time: Span | undefined;
  /** All nodes, oldest first; or those of one id: at most one at an instant, every version that overlaps a span. */
  nodes(id?: string): Iterable<GraphNode>;
  edges(id?: string): Iterable<GraphEdge>;
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Edges that leave `node` (it is the parent), in order of creation. */
  out(node: GraphNode): Iterable<GraphEdge>;
  /** Edges that arrive at `node` (it is the child). */
  in(node: GraphNode): Iterable<GraphEdge>;
  /** The node an edge starts from; in a span every version that existed together with this edge version. */
  parents(edge: GraphEdge): Iterable<GraphNode>;
  children(edge: GraphEdge): Iterable<GraphNode>;
  /**
   * Nodes whose metadata holds exactly `value` under the dotted `key` (arrays: any element); undefined when the key
   * has no index here, and the caller filters `nodes()` itself.
   */
  nodesWith(key: string | IndexedKey, value: Value): Iterable<GraphNode> | undefined;
  /** The newest counters of an element as known at this view's time, e.g. series 'Metric' of an interface. */
  counters(id: string, series: string): Counters | undefined;
  /**
   * Called before the event loop turns while this view is being read: what is still to come from open iterators is
   * then taken as it stands, so that one query sees one instant.
   */
  freeze(): void;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Counters {
  /** Totals since the counters began. */
  readonly total: Readonly<Record<string, number>>;
  /** What was added by the last reading. */
  readonly last: Sample | undefined;
}

/** Increments of counters over a span of time: one point of a series. Times are epoch ms. */
export interface Sample {
  readonly start: number;
  readonly last: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** The graph through time: what `At`, `Between`, `Diff`, `History` and `Metrics` ask. Live graph and archive in one. */
export interface Timeline {
  now(): GraphView;
  /** The state at `time`; with `wanted` it may be that part alone. Throws a Mistake that names the range kept when `time` lies outside of it. */
  at(time: number, wanted?: Wanted): GraphView | Promise<GraphView>;
  /** Every version that overlaps the span, oldest first. */
  between(span: Span): GraphView | Promise<GraphView>;
  /** As `between`, of what is in memory alone: nothing is read for it. */
  recalled?(span: Span): GraphView;
  /** All versions of the given ids that overlap the span (default: everything kept), oldest first. */
  history(ids: readonly string[], span?: Span): Promise<Element[]>;
  diff(span: Span): Promise<Difference[]>;
  /** Samples of a series that lie in the span, oldest first, by element id; without a span the newest one each. */
  samples(ids: readonly string[], series: string, span?: Span): Promise<Map<string, Sample[]>>;
  /** Time at which log position `revision` was written (`rev:1234`), undefined when not kept. */
  timeOf(revision: number): number | undefined;
  /** What is kept, epoch ms. */
  range(): Span;
  /** Times within the span at which nobody was watching, oldest first: what is told of them is what was last known. */
  unwatched?(span: Span): readonly Span[];
}

/** All of a view that will be looked at. */
export interface Wanted {
  readonly of: 'nodes' | 'edges';
  /** Whether an element is one of them. */
  readonly passes: (element: Element) => boolean;
  /** Some of what `passes` asks: metadata at a dotted path is, or holds in a list, one of the values. */
  readonly equals: readonly { readonly path: string; readonly values: readonly Value[] }[];
  /** So many of those that pass, oldest first, are enough. */
  readonly limit?: number;
}

/** One element that differs between two moments. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed';
  /** undefined when added. */
  readonly before: Element | undefined;
  /** undefined when removed. */
  readonly after: Element | undefined;
  /** For 'changed': top-level metadata keys with their two values; a key absent on one side is undefined there. */
  readonly keys: readonly {
    readonly key: string;
    readonly before: Value | undefined;
    readonly after: Value | undefined;
  }[];
}

export type { Element, GraphEdge, GraphNode, Metadata, Value };
