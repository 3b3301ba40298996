/** The first few of an order, without sorting the rest. Of two that are alike the earlier one counts as the first. */
export class Best<T> {
  readonly #most: number;
  readonly #compare: (a: T, b: T) => number;
  /** A heap: none comes before what is below it, so the last of them is on top. */
  readonly #heap: Arrived<T>[] = [];
  #count = 0;

  constructor(most: number, compare: (a: T, b: T) => number) {
    this.#most = most;
    this.#compare = compare;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(item: T): void {
    const arrived = { item, at: this.#count++ };
    const heap = this.#heap;
    const top = heap[0];
    if (heap.length < this.#most) {
      heap.push(arrived);
      this.#rise(heap.length - 1);
    } else if (top !== undefined && this.#compare(item, top.item) < 0) {
      heap[0] = arrived;
      this.#sink();
    }
  }

  inOrder(): T[] {
    return [...this.#heap].sort((a, b) => this.#order(a, b)).map(({ item }) => item);
  }

  #order(a: Arrived<T>, b: Arrived<T>): number {
    return this.#compare(a.item, b.item) || a.at - b.at;
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#isOrdered(above, at)) this.#swap(above, at);
      else return;
      at = above;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      let last = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < this.#heap.length && !this.#isOrdered(last, below)) last = below;
      if (last === at) return;
      this.#swap(last, at);
      at = last;
    }
  }

  /** What is above comes behind what is below. */
  #isOrdered(above: number, below: number): boolean {
    return this.#order(this.#heap[above] as Arrived<T>, this.#heap[below] as Arrived<T>) >= 0;
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b] as Arrived<T>, heap[a] as Arrived<T>];
  }
}

interface Arrived<T> {
  readonly item: T;
  readonly at: number;
}
