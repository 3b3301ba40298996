/** Things kept by interface and by key, with a bound on how many of one interface. */
export class Grouped<Value> {
  /** How many there were more than kept; at least. */
  hidden = 0;
  /** Of all interfaces together. */
  changes = 0;
  /** When each group changed last, in changes of any. */
  readonly #versions = new Map<number, number>();
  readonly #groups = new Map<number, Map<string, Value>>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  set(ifindex: number, key: string, value: Value): void {
    let group = this.#groups.get(ifindex);
    if (!group) {
      group = new Map();
      this.#groups.set(ifindex, group);
    }
    this.#versions.set(ifindex, ++this.changes);
    if (group.size >= this.#max && !group.has(key)) this.hidden++;
    else group.set(key, value);
  }

  get(ifindex: number, key: string): Value | undefined {
    return this.#groups.get(ifindex)?.get(key);
  }

  delete(ifindex: number, key: string): boolean {
    const group = this.#groups.get(ifindex);
    if (!group?.delete(key)) return false;
    if (group.size === 0) this.#groups.delete(ifindex);
    this.#versions.set(ifindex, ++this.changes);
    return true;
  }

  /** All of one interface. */
  of(ifindex: number): Iterable<Value> {
    return this.#groups.get(ifindex)?.values() ?? [];
  }

  sizeOf(ifindex: number): number {
    return this.#groups.get(ifindex)?.size ?? 0;
  }

  clear(ifindex: number): void {
    this.#groups.delete(ifindex);
    this.#versions.delete(ifindex);
  }

  /** Another number after every change of one interface: an answer that was under way meanwhile is too old. */
  version(ifindex: number): number {
    return this.#versions.get(ifindex) ?? 0;
  }
}
