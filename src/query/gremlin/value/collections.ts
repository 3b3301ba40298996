/** Sets and maps of any value, in order of insertion. Two keys are one as in Java: `1` and `1L` are two, equal lists are one. */
import { Collection, keyOf, part, partsOf } from './identity.ts';
import type { GValue } from './value.ts';

export class GSet extends Collection implements Iterable<GValue> {
  readonly #values = new Map<unknown, GValue>();

  constructor(values: Iterable<GValue> = []) {
    super();
    for (const value of values) this.add(value);
  }

  key(): string {
    return `\0S${partsOf(this).sort().join('')}`;
  }

  get size(): number {
    return this.#values.size;
  }

  /** False when it was there already. */
  add(value: GValue): boolean {
    const key = keyOf(value);
    if (this.#values.has(key)) return false;
    this.#values.set(key, value);
    return true;
  }

  has(value: GValue): boolean {
    return this.#values.has(keyOf(value));
  }

  delete(value: GValue): boolean {
    return this.#values.delete(keyOf(value));
  }

  [Symbol.iterator](): IterableIterator<GValue> {
    return this.#values.values();
  }
}

export class GMap extends Collection implements Iterable<readonly [GValue, GValue]> {
  readonly #entries = new Map<unknown, [GValue, GValue]>();

  constructor(entries: Iterable<readonly [GValue, GValue]> = []) {
    super();
    for (const [key, value] of entries) this.set(key, value);
  }

  key(): string {
    const [keys, values] = [partsOf(this.keys()), partsOf(this.values())];
    return `\0m${keys
      .map((key, at) => key + values[at])
      .sort()
      .join('')}`;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: GValue): GValue | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }

  has(key: GValue): boolean {
    return this.#entries.has(keyOf(key));
  }

  /** A key that is there keeps its place. */
  set(key: GValue, value: GValue): this {
    const known = keyOf(key);
    const entry = this.#entries.get(known);
    if (entry === undefined) this.#entries.set(known, [key, value]);
    else entry[1] = value;
    return this;
  }

  delete(key: GValue): boolean {
    return this.#entries.delete(keyOf(key));
  }

  *keys(): Generator<GValue> {
    for (const [key] of this.#entries.values()) yield key;
  }

  *values(): Generator<GValue> {
    for (const [, value] of this.#entries.values()) yield value;
  }

  [Symbol.iterator](): IterableIterator<readonly [GValue, GValue]> {
    return this.#entries.values();
  }
}

/** One entry of a map, as `unfold` takes it apart: to all who do not ask, a map of one. `select(keys)` gives its key alone. */
export class MapEntry extends GMap {
  readonly name: GValue;
  readonly value: GValue;

  constructor(name: GValue, value: GValue) {
    super([[name, value]]);
    this.name = name;
    this.value = value;
  }

  override key(): string {
    return `\0e${part(this.name)}${part(this.value)}`;
  }
}
