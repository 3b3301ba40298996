/** What the archive and its thread say to each other about flows. */
import type { Span } from '../../../flow/view.ts';
import type { PackedFlowBatch, PackedPackets } from './batch.ts';
import type { PackedFlows } from './rows.ts';

export type FlowOrder =
  | { readonly kind: 'append'; readonly batch: PackedFlowBatch }
  | { readonly kind: 'find'; readonly ask: FindAsk }
  | { readonly kind: 'count'; readonly time: Span; readonly where: readonly Pushed[] }
  | { readonly kind: 'metrics'; readonly names: readonly FlowName[]; readonly span: Span | undefined }
  | { readonly kind: 'packets'; readonly uuids: readonly string[]; readonly span: Span | undefined }
  | { readonly kind: 'losses'; readonly span: Span }
  | { readonly kind: 'dumpLosses'; readonly after: number; readonly rowsMax: number }
  | { readonly kind: 'prune'; readonly before: number }
  | { readonly kind: 'summary' };

export interface FindAsk {
  /** Start ≤ to, Last ≥ from. */
  readonly time: Span;
  readonly where: readonly Pushed[];
  readonly order: FlowOrdering;
  /** Of pages that belong together: what the thread has found already is still there, if not too many others came between. */
  readonly search: number;
  /** The last of the page before. */
  readonly after: Position | undefined;
  readonly rowsMax: number;
}

export interface FlowOrdering {
  readonly by: 'start' | 'last';
  readonly isDescending: boolean;
}

export interface Position {
  /** Of Start or Last, as ordered by. */
  readonly value: number;
  readonly uuid: string;
}

/** At least one of these columns has one of its values. */
export type Pushed = readonly { readonly column: Column; readonly values: readonly (string | number)[] }[];

export const columns = [
  'uuid',
  'tracking',
  'node',
  'capture',
  'layers',
  'application',
  'a',
  'b',
  'a_port',
  'b_port',
  'nat_tracking',
] as const;
export type Column = (typeof columns)[number];

/** The start, where it is known, is where to look. */
export interface FlowName {
  readonly uuid: string;
  readonly start: number | undefined;
}

export interface FlowAnswer {
  /** Of `find`. */
  readonly flows?: PackedFlows;
  /** Of `find`: there is more after this. */
  readonly next?: Position | undefined;
  readonly count?: number;
  /** Of `metrics`: for each name how many, and they. */
  readonly metrics?: Uint8Array<ArrayBuffer>;
  readonly packets?: PackedPackets;
  /** As JSON each. */
  readonly losses?: readonly string[];
  /** Of `dumpLosses`: number of the last row. */
  readonly lastRow?: number;
  readonly summary?: FlowSummary;
}

export interface FlowSummary {
  readonly flows: number;
  readonly points: number;
  readonly rawPackets: number;
  readonly sizeBytes: number;
  readonly range: Span | undefined;
  readonly notes: readonly string[];
}
