/** What the Gremlin door has seen since it started. */
import { Histogram } from '../histogram.ts';
import type { AnswerCounts } from './answering.ts';
import type { GuessCounts } from './guesses.ts';

export class GremlinCounts implements AnswerCounts, GuessCounts {
  /** By status code. */
  readonly answers = new Map<number, number>();
  /** What requests took. */
  readonly times = new Histogram();
  connections = 0;
  connectionsRefused = 0;
  passwordsWrong = 0;
  guessesRefused = 0;

  answered(code: number, ms: number): void {
    this.answers.set(code, (this.answers.get(code) ?? 0) + 1);
    this.times.add(ms);
  }
}
