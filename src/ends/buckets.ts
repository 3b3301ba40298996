/** Things found by a number that several of them may share: one alone, which is the rule, needs no list. */
export class Buckets<T> {
  readonly #found = new Map<number, T | T[]>();

  add(number: number, thing: T): void {
    const known = this.#found.get(number);
    if (known === undefined) this.#found.set(number, thing);
    else if (Array.isArray(known)) known.push(thing);
    else this.#found.set(number, [known, thing]);
  }

  remove(number: number, thing: T): void {
    const known = this.#found.get(number);
    if (!Array.isArray(known)) {
      if (known === thing) this.#found.delete(number);
      return;
    }
    const at = known.indexOf(thing);
    if (at < 0) return;
    known[at] = known[known.length - 1] as T;
    known.pop();
    if (known.length === 0) this.#found.delete(number);
  }

  has(number: number): boolean {
    return this.#found.has(number);
  }

  of(number: number): readonly T[] {
    const known = this.#found.get(number);
    if (known === undefined) return NONE;
    return Array.isArray(known) ? known : [known];
  }
}

const NONE: readonly never[] = [];
