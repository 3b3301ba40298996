/** What may wait, waits: entries that only aged, and single ones of an interface that has very many. */
import { News } from './news.ts';
import type { Tables } from './tables.ts';

/** Changes of routes, or of neighbours, of an interface that has so many are told together, this much later. */
const MANY = 500;
const MANY_MS = 1_000;

export class Patience {
  readonly #settleMs: number;
  readonly #publish: (news: News) => void;
  readonly #fail: (error: unknown) => void;
  /** Of interfaces with very many routes or neighbours. */
  readonly #soon = new News();
  #soonTimer: NodeJS.Timeout | undefined;
  /** Neighbours that aged. */
  readonly #late = new News();
  #lateTimer: NodeJS.Timeout | undefined;

  /** `publish` is called with what has waited long enough. */
  constructor(settleMs: number, publish: (news: News) => void, fail: (error: unknown) => void) {
    this.#settleMs = settleMs;
    this.#publish = publish;
    this.#fail = fail;
  }

  /** Takes out of some news what may wait. Whatever is told anyway is told whole. */
  take(news: News, tables: Tables): void {
    const isTold = (ifindex: number) => news.touched.has(ifindex);
    for (const ifindex of news.routed)
      if (!isTold(ifindex) && tables.routes.sizeOf(ifindex) >= MANY) {
        news.routed.delete(ifindex);
        this.#soon.routed.add(ifindex);
      }
    for (const ifindex of news.neighboured)
      if (!isTold(ifindex) && tables.neighbours.sizeOf(ifindex) + tables.forwarding.sizeOf(ifindex) >= MANY) {
        news.neighboured.delete(ifindex);
        this.#soon.neighboured.add(ifindex);
      }
    for (const ifindex of news.settling) if (!isTold(ifindex)) this.#late.neighboured.add(ifindex);
    for (const ifindex of [...news.touched, ...news.neighboured]) this.#late.neighboured.delete(ifindex);
    if (this.#soon.routed.size + this.#soon.neighboured.size > 0)
      this.#soonTimer ??= this.#after(MANY_MS, () => {
        this.#soonTimer = undefined;
        return this.#soon;
      });
    if (this.#late.neighboured.size > 0)
      this.#lateTimer ??= this.#after(this.#settleMs, () => {
        this.#lateTimer = undefined;
        return this.#late;
      });
  }

  cancel(): void {
    clearTimeout(this.#soonTimer);
    clearTimeout(this.#lateTimer);
  }

  #after(waitMs: number, what: () => News): NodeJS.Timeout {
    const timer = setTimeout(() => {
      const waiting = what();
      const news = new News();
      for (const ifindex of waiting.routed) news.routed.add(ifindex);
      for (const ifindex of waiting.neighboured) news.neighboured.add(ifindex);
      waiting.routed.clear();
      waiting.neighboured.clear();
      try {
        this.#publish(news);
      } catch (error) {
        this.#fail(error);
      }
    }, waitMs);
    return timer.unref();
  }
}
