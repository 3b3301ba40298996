/** Bounds of injections, and how often each was met: told in status and /metrics, and with the injection that met it. */

/** In the order in which an injection comes to them. */
export const boundNames = [
  // Asked for, and refused: nothing is sent.
  'running',
  'host-running',
  'packets',
  'payload',
  'interval',
  'wait',
  'trace-bytes',
  'trace-packets',
  // Looked at and told of no more than so many.
  'addresses',
  'tracking-ids',
  'node-entries',
  'kept',
  // Sent otherwise than at once.
  'trace-gap',
  'batch',
  'share',
  'late',
  'full',
  'full-for-long',
  // Answers that came, and were not counted or not told apart.
  'early-answers',
  'asked-answers',
  'asked-for-long',
  'translations',
  'numbers',
  'guesses',
  'errors',
  'round-trips',
  // What kernels drop of it.
  'drops-for-long',
  'drops-agents',
  'drops',
] as const;

export type BoundName = (typeof boundNames)[number];

/** Times that each was met; those that were not are left out. */
export type BoundsMet = { readonly [Name in BoundName]?: number };

/** Counts one more, or so many. */
export type MeetBound = (name: BoundName, times?: number) => void;

export class BoundCounts {
  readonly #counts = new Map<BoundName, number>();
  readonly #besides: MeetBound | undefined;

  /** `besides`: counts the same, of all together. */
  constructor(besides?: MeetBound) {
    this.#besides = besides;
  }

  readonly met: MeetBound = (name, times = 1) => {
    if (times <= 0) return;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
    this.#besides?.(name, times);
  };

  /** What a host says that it has met until now: more of it than `before` is counted. */
  rise(before: BoundsMet, now: BoundsMet): void {
    for (const name of boundNames) this.met(name, (now[name] ?? 0) - (before[name] ?? 0));
  }

  /** Undefined while there is none. */
  told(): BoundsMet | undefined {
    return this.#counts.size === 0 ? undefined : Object.fromEntries(this.#counts);
  }

  /** All of them: a series that begins with its first count hides that one. */
  all(): Record<BoundName, number> {
    return Object.fromEntries(boundNames.map((name) => [name, this.#counts.get(name) ?? 0])) as Record<
      BoundName,
      number
    >;
  }
}
