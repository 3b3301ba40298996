/** Whose turn it is: so many of a lane at a time, so many more wait, first come first served. */
import type { AskLane } from '../ask-lanes.ts';

interface Waiting {
  readonly go: () => void;
  readonly fail: (error: Error) => void;
}

export class Turns {
  readonly #running = new Map<AskLane, number>();
  readonly #waiting = new Map<AskLane, Set<Waiting>>();

  /** Undefined when it is at once; false when neither a place nor a place to wait is free. Rejects when the signal aborts, or all is over. */
  enter(lane: AskLane, signal?: AbortSignal): Promise<void> | undefined | false {
    const running = this.#running.get(lane) ?? 0;
    if (running < lane.most) {
      this.#running.set(lane, running + 1);
      return undefined;
    }
    const waiting = this.#waiting.get(lane) ?? new Set();
    if (waiting.size >= lane.waitingMax) return false;
    this.#waiting.set(lane, waiting);
    const { promise, resolve: go, reject: fail } = Promise.withResolvers<void>();
    const its: Waiting = { go, fail };
    waiting.add(its);
    const stop = () => {
      // Its turn may have come in the same moment.
      if (waiting.delete(its)) fail(new Error('called off'));
    };
    signal?.addEventListener('abort', stop, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', stop));
  }

  /** One of them is over: the place is that of who waits longest. */
  leave(lane: AskLane): void {
    const waiting = this.#waiting.get(lane);
    for (const next of waiting ?? []) {
      waiting?.delete(next);
      next.go();
      return;
    }
    this.#running.set(lane, (this.#running.get(lane) ?? 0) - 1);
  }

  stop(error: Error): void {
    for (const waiting of this.#waiting.values()) {
      for (const { fail } of waiting) fail(error);
      waiting.clear();
    }
  }
}
