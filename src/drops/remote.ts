/** A watch of another host, by its beats; and several as one. */
import type { DropsBeat } from './beats.ts';
import { DROPS_KEPT, type Drop, type DropsWatch } from './drops.ts';

/** Resolves when it watches there. `stop` ends the beats. */
export async function remoteWatch(
  beats: AsyncIterable<DropsBeat>,
  { most = DROPS_KEPT, stop }: { readonly most?: number | undefined; readonly stop: () => void },
): Promise<DropsWatch> {
  const watch = new RemoteWatch(beats, most, stop);
  await watch.begun();
  return watch;
}

/** In the order of their clocks. */
export function mergedWatches(watches: readonly DropsWatch[]): DropsWatch {
  return {
    drops: () => watches.flatMap((watch) => watch.drops()).toSorted((a, b) => a.timeMs - b.timeMs),
    lost: () => watches.reduce((sum, watch) => sum + watch.lost(), 0),
    settled: async () => void (await Promise.all(watches.map((watch) => watch.settled()))),
    trouble: () => watches.map((watch) => watch.trouble()).find((trouble) => trouble !== undefined),
    listen(listener) {
      const ends = watches.map((watch) => watch.listen(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(watches.map((watch) => watch[Symbol.asyncDispose]()));
    },
  };
}

class RemoteWatch implements DropsWatch {
  readonly #beats: AsyncIterator<DropsBeat>;
  readonly #most: number;
  readonly #stop: () => void;
  readonly #listeners = new Set<(drop: Drop) => void>();
  readonly #drops: Drop[] = [];
  #lost = 0;
  #unkept = 0;
  #trouble: string | undefined;
  #isOver = false;
  #waiting: { beats: number; readonly resolve: () => void }[] = [];

  constructor(beats: AsyncIterable<DropsBeat>, most: number, stop: () => void) {
    this.#beats = beats[Symbol.asyncIterator]();
    this.#most = Math.min(most, DROPS_KEPT);
    this.#stop = stop;
  }

  async begun(): Promise<void> {
    const first = await this.#beats.next();
    if (!first.done) this.#take(first.value);
    void this.#follow();
  }

  drops(): readonly Drop[] {
    return this.#drops;
  }

  lost(): number {
    return this.#lost + this.#unkept;
  }

  trouble(): string | undefined {
    return this.#trouble;
  }

  /** A beat that is under way may have left before: the one after it has not. */
  async settled(): Promise<void> {
    if (this.#isOver) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ beats: 2, resolve });
    await promise;
  }

  listen(listener: (drop: Drop) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over();
    this.#stop();
    await this.#beats.return?.();
  }

  async #follow(): Promise<void> {
    try {
      for (let next = await this.#beats.next(); !next.done; next = await this.#beats.next()) this.#take(next.value);
    } catch (error) {
      if (!this.#isOver) this.#trouble = (error as Error).message;
    }
    this.#over();
  }

  #take({ drops, lost }: DropsBeat): void {
    if (this.#isOver) return;
    this.#lost = lost;
    for (const drop of drops) {
      if (this.#drops.length < this.#most) this.#drops.push(drop);
      else if (this.#most > 0) this.#unkept++;
      for (const listener of this.#listeners) listener(drop);
    }
    for (const wait of this.#waiting) if (--wait.beats === 0) wait.resolve();
    this.#waiting = this.#waiting.filter(({ beats }) => beats > 0);
  }

  #over(): void {
    this.#isOver = true;
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting = [];
  }
}
