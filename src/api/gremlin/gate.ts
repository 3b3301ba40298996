/** So many at a time; the others wait in the order they came, so many of them at most. */
import { mistake } from '../../std/mistake.ts';

export class Gate {
  readonly #most: number;
  readonly #waitingMost: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Turned away because too many waited. */
  refused = 0;

  constructor(most: number, waitingMost: number) {
    this.#most = most;
    this.#waitingMost = waitingMost;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Undefined: come in at once. Each that came in has to `leave`. */
  enter(): Promise<void> | undefined {
    if (this.#running < this.#most) {
      this.#running++;
      return undefined;
    }
    if (this.#waiting.length >= this.#waitingMost) {
      this.refused++;
      throw mistake(
        'query.busy',
        `${this.#running} traversals run and ${this.#waiting.length} wait already`,
        'try again in a moment',
      );
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** While something else is waited for, another may come in; then it is the next one. */
  async aside(other: Promise<void>): Promise<void> {
    this.leave();
    await other;
    if (this.#running < this.#most) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.unshift(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
