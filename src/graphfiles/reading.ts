/** A format as it is read: line by line. */
export interface Reading {
  /** Throws a Mistake that names the line and what is wrong in it. */
  line(text: string): void;
  /** Call after the last line. Throws a Mistake when something is missing. */
  end(): Loaded;
}

export interface Loaded {
  readonly vertices: number;
  readonly edges: number;
}
