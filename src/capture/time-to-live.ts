/** Captures that were asked for a time end by themselves. */
import type { Clock } from '../std/clock.ts';
import type { Capture } from './capture.ts';

/** Timers of the machine go wrong beyond 2^31 ms. */
const STEP_MAX_MS = 86_400_000;

export class TimeToLive {
  readonly #clock: Clock;
  readonly #ended: (id: string) => void;
  readonly #timers = new Map<string, () => void>();

  constructor(clock: Clock, ended: (id: string) => void) {
    this.#clock = clock;
    this.#ended = ended;
  }

  add({ UUID, EndsAt }: Capture): void {
    if (EndsAt === undefined) return;
    const leftMs = EndsAt - this.#clock.now();
    const cancel = this.#clock.after(Math.min(Math.max(leftMs, 0), STEP_MAX_MS), () => {
      this.#timers.delete(UUID);
      if (leftMs > STEP_MAX_MS) this.add({ UUID, EndsAt } as Capture);
      else this.#ended(UUID);
    });
    this.#timers.set(UUID, cancel);
  }

  remove(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
