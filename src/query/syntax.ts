/** What a query text says, before anyone asks whether it makes sense. Positions are half-open ranges in the text. */
export interface Query {
  readonly text: string;
  readonly calls: readonly Call[];
}

/** `Has('Name', 'eth0')`: a step, or a predicate among the arguments of one. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly from: number;
  /** End of the name; the arguments follow. */
  readonly nameTo: number;
  readonly to: number;
  readonly args: readonly Argument[];
}

export type Argument =
  | { readonly kind: 'string'; readonly value: string; readonly from: number; readonly to: number }
  | { readonly kind: 'number'; readonly value: number; readonly from: number; readonly to: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly from: number; readonly to: number }
  | { readonly kind: 'word'; readonly value: Word; readonly from: number; readonly to: number }
  | Call;

/** Words that stand for themselves; like steps they are read in any case. */
export type Word = 'NOW' | 'FOREVER' | 'ASC' | 'DESC';
