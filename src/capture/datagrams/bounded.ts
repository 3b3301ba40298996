/** A map of what the network names: when it is full, what was not asked for the longest is forgotten. */
export class Bounded<Key, Value> {
  readonly #max: number;
  readonly #forgotten: (value: Value) => void;
  readonly #entries = new Map<Key, Value>();

  constructor(max: number, forgotten: (value: Value) => void = () => {}) {
    this.#max = max;
    this.#forgotten = forgotten;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Makes it when it is not there. */
  get(key: Key, make: () => Value): Value {
    const found = this.peek(key) ?? make();
    // Delete first: a Map keeps insertion order, so the first is always the one to forget.
    this.#entries.delete(key);
    this.#entries.set(key, found);
    if (this.#entries.size > this.#max) this.#forgetOldest();
    return found;
  }

  peek(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  values(): Iterable<Value> {
    return this.#entries.values();
  }

  #forgetOldest(): void {
    for (const [key, value] of this.#entries) {
      this.#entries.delete(key);
      this.#forgotten(value);
      return;
    }
  }
}
