/** How long things took: counts by upper bound, cheap to add to; a scrape reads them. */

/** Upper bounds, seconds. */
const buckets = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const;

export class Histogram {
  /** One count a bucket (not cumulated), the last for what is longer than all. */
  readonly #counts = new Float64Array(buckets.length + 1);
  #seconds = 0;

  add(ms: number): void {
    const seconds = ms / 1000;
    this.#seconds += seconds;
    let bucket = 0;
    while (bucket < buckets.length && seconds > (buckets[bucket] as number)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
  }

  /** As Prometheus reads it (text format 0.0.4). */
  lines(name: string, help: string): string[] {
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
    let sum = 0;
    for (const [index, bound] of [...buckets, '+Inf'].entries()) {
      sum += this.#counts[index] as number;
      lines.push(`${name}_bucket{le="${bound}"} ${sum}`);
    }
    lines.push(`${name}_sum ${this.#seconds}`, `${name}_count ${sum}`);
    return lines;
  }
}
