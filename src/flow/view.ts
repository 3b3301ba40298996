/** What a query sees of flows. The live table, an archive, both in one, and a list in a test all look like this. */
import type { Flow, FlowMetric, RawPacket } from './flow.ts';
import type { Loss } from './loss.ts';

export interface FlowView {
  /**
   * Flows that meet everything asked, in the order asked for (by default: one of the view's own, the same as long as no flow
   * comes or goes), in batches of at most a few hundred so that the event loop can turn between them; a batch can be empty.
   * A live store answers in the same call, an archive by promise.
   */
  find(query: FlowQuery): Iterable<readonly Flow[]> | AsyncIterable<readonly Flow[]>;
  /** How many `find` would give, without making them. */
  count(query: FlowQuery): number | Promise<number>;
  /** The same in parts to add up, between which the event loop can turn; undefined: `count` waits by itself. */
  countParts?(query: FlowQuery): Iterable<number> | undefined;
  /** Points of the given flows that overlap the span (without one: the newest of each), oldest first, by UUID. */
  metrics(uuids: readonly string[], span?: Span): Map<string, FlowMetric[]> | Promise<Map<string, FlowMetric[]>>;
  /** What was kept of these flows' packets, in order, by UUID. */
  rawPackets(uuids: readonly string[], span?: Span): Map<string, RawPacket[]> | Promise<Map<string, RawPacket[]>>;
  /** What may be missing from answers about this span (now: since the captures that run now started). */
  loss(span?: Span): readonly Loss[] | Promise<readonly Loss[]>;
}

/** Epoch ms; an instant has from === to. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface FlowQuery {
  /**
   * Undefined: now, that is what the live table holds. At an instant t: flows with Start ≤ t and Last ≥ t − expiry;
   * over a span those that overlap it (Start ≤ to, Last ≥ from).
   */
  readonly time?: Span | undefined;
  /** All of these hold. */
  readonly where: readonly FlowCondition[];
  readonly sort?: { readonly field: string; readonly isDescending: boolean } | undefined;
  /** The first so many of the order, after `skip`. */
  readonly limit?: number | undefined;
  readonly skip?: number | undefined;
  /** Names at the top of a flow that will be read; others a view may leave empty, but UUID and NodeTID. Undefined: all. */
  readonly fields?: ReadonlySet<string> | undefined;
}

/** At least one of its tests holds (`Has` gives one, `HasEither` several). */
export interface FlowCondition {
  readonly anyOf: readonly FlowTest[];
}

export interface FlowTest {
  /** A name that fields.ts knows: 'TrackingID', 'Network.A', 'Metric.ABPackets'; 'Network' stands for both of its ends. */
  readonly field: string;
  /** Given a value of the field, or a list where the field stands for several; undefined when the flow has none. */
  readonly test: (value: FlowValue | undefined) => boolean;
  /** When only these values pass: what an index can be asked for. */
  readonly equals?: readonly (string | number | boolean)[] | undefined;
}

export type FlowValue =
  | string
  | number
  | boolean
  | null
  | readonly FlowValue[]
  | { readonly [name: string]: FlowValue };
