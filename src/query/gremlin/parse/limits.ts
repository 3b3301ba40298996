/** What a text of standard Gremlin may be. Each limit is named in the fault that tells of it. */
export interface TextLimits {
  /** Characters. */
  readonly textLength: number;
  /** Parentheses, brackets and braces within one another. */
  readonly depth: number;
  /** Of all traversals of the text together. */
  readonly steps: number;
  /** Arguments, and elements of lists, sets, maps and ranges, all together. */
  readonly elements: number;
  readonly statements: number;
}

export const defaultTextLimits: TextLimits = {
  textLength: 1024 * 1024,
  depth: 64,
  steps: 20_000,
  elements: 200_000,
  statements: 1000,
};
