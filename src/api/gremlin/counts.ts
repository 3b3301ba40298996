/** What the Gremlin door has seen since it started. */
import type { AnswerCounts } from './answering.ts';
import type { GuessCounts } from './guesses.ts';

/** Upper bounds of the histogram of what requests took, seconds. */
export const gremlinBuckets = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const;

export class GremlinCounts implements AnswerCounts, GuessCounts {
  /** By status code. */
  readonly answers = new Map<number, number>();
  /** One count a bucket (not cumulated), the last for what is longer than all. */
  readonly times = new Float64Array(gremlinBuckets.length + 1);
  seconds = 0;
  connections = 0;
  connectionsRefused = 0;
  passwordsWrong = 0;
  guessesRefused = 0;

  answered(code: number, ms: number): void {
    this.answers.set(code, (this.answers.get(code) ?? 0) + 1);
    const seconds = ms / 1000;
    this.seconds += seconds;
    let bucket = 0;
    while (bucket < gremlinBuckets.length && seconds > (gremlinBuckets[bucket] as number)) bucket++;
    this.times[bucket] = (this.times[bucket] as number) + 1;
  }
}
