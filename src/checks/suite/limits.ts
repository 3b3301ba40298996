/** Bounds of what a suite file may be; all of them are named in the mistake that says so. */
export const suiteLimits = {
  /** Characters of one file. */
  fileChars: 2 * 1024 * 1024,
  /** Checks of one run, all files together. */
  checks: 10_000,
  /** Values, keys and list items of one file, aliases counted as often as they are used. */
  values: 500_000,
  /** Maps and lists within each other. */
  depth: 32,
  endpoints: 1_000,
  /** Ends of a matrix: their pairs are tried all. */
  matrixEndpoints: 64,
  /** Faults that are told of one run; a number says how many more. */
  faults: 100,
  /** Characters of a text after its variables are filled in. */
  textChars: 64 * 1024,
} as const;
