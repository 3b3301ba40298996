/** What the expressions of metric checks are made of: `max(skein_a{probe="x"} / skein_b) > 0.8`. */

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** All series of this name that have these labels. */
  | { readonly kind: 'series'; readonly name: string; readonly labels: readonly Label[] }
  | { readonly kind: 'aggregate'; readonly how: Aggregate; readonly of: Expression }
  | { readonly kind: 'negative'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

export interface Label {
  readonly name: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export const aggregates = ['max', 'min', 'sum', 'avg', 'count'] as const;
export type Aggregate = (typeof aggregates)[number];

export type Operator = '+' | '-' | '*' | '/' | '<' | '<=' | '>' | '>=' | '==' | '!=';

/** One line of /metrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
