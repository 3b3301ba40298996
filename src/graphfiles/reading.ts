/** A format as it is read: line by line. */
export interface Reading {
  /** Throws a Mistake that names the line and what is wrong in it. */
  line(text: string): void;
  /** Call after the last line, and go through it to the end: where it yields, the event loop may turn. Throws a Mistake when something is missing. */
  end(): Generator<undefined, Loaded>;
}

export interface Loaded {
  readonly vertices: number;
  readonly edges: number;
}

/** All of it without a pause. */
export function ended(ending: Generator<undefined, Loaded>): Loaded {
  for (;;) {
    const { done, value } = ending.next();
    if (done) return value;
  }
}

export async function endedInTurns(ending: Generator<undefined, Loaded>, turn: () => Promise<void>): Promise<Loaded> {
  for (;;) {
    const { done, value } = ending.next();
    if (done) return value;
    await turn();
  }
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
