/** Time that passes when nothing is left to do, and the clocks of hosts, which are never quite right. */
import { Heap } from '../../src/archive/heap.ts';
import type { Clock } from '../../src/std/clock.ts';

interface Due {
  readonly at: number;
  readonly order: number;
  act: (() => void) | undefined;
}

export class VirtualTime {
  readonly start: number;
  #now: number;
  #order = 0;
  readonly #due = new Heap<Due>((a, b) => a.at - b.at || a.order - b.order);

  constructor(start: number) {
    this.start = start;
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  after(delayMs: number, act: () => void): () => void {
    const due: Due = { at: this.#now + Math.max(0, delayMs), order: this.#order++, act };
    this.#due.put(due);
    return () => {
      due.act = undefined;
    };
  }

  /** All that falls due until then, with what promises do in between. */
  async run(until: number): Promise<void> {
    await settled();
    for (let next = this.#due.first; next && next.at <= until; next = this.#due.first) {
      this.#due.take();
      if (!next.act) continue;
      this.#now = Math.max(this.#now, next.at);
      next.act();
      await settled();
    }
    this.#now = Math.max(this.#now, until);
  }

  async pass(ms: number): Promise<void> {
    await this.run(this.#now + ms);
  }
}

/** Of one host: ahead or behind, too quick or too slow, and set now and then. */
export class HostClock {
  readonly #time: VirtualTime;
  readonly #rate: number;
  offsetMs: number;

  constructor(time: VirtualTime, { offsetMs, drift }: { readonly offsetMs: number; readonly drift: number }) {
    this.#time = time;
    this.#rate = 1 + drift;
    this.offsetMs = offsetMs;
  }

  now(): number {
    return Math.round(this.#time.start + (this.#time.now - this.#time.start) * this.#rate + this.offsetMs);
  }
}

/** What a process sees of its host's clock, until it is gone. */
export class ProcessClock implements Clock {
  readonly #time: VirtualTime;
  readonly #host: HostClock;
  readonly #acted: () => void;
  isDead = false;

  constructor(time: VirtualTime, host: HostClock, acted: () => void = () => undefined) {
    this.#time = time;
    this.#host = host;
    this.#acted = acted;
  }

  now(): number {
    return this.#host.now();
  }

  after(delayMs: number, act: () => void): () => void {
    if (this.isDead) return () => undefined;
    return this.#time.after(delayMs, () => {
      if (this.isDead) return;
      act();
      this.#acted();
    });
  }
}

/** Promises that are resolved have told all who wait for them. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
