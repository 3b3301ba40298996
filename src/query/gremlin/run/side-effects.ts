/** What a traversal puts aside under a name: `aggregate('x')`, `group('m')`, `withSideEffect('x', …)`. */
import { mistake } from '../../../std/mistake.ts';
import { GMap, GSet } from '../value/collections.ts';
import { isList } from '../value/identity.ts';
import { BulkSet, type GValue } from '../value/value.ts';

/** Joins what is there with what comes: an Operator, or what a step gathers by. */
export type Joining = (before: GValue, more: GValue) => GValue;

/** What a step puts aside in a form of its own, as long as nobody asks for it. */
export abstract class Hoard {
  /** The same, however often it is asked for, as long as nothing is added. */
  abstract result(): GValue;
}

export class SideEffects {
  readonly #held = new Map<string, Held>();

  /** Says how a name begins; what was said before (by withSideEffect) stays. */
  declare(name: string, first: () => GValue | Hoard): void {
    if (!this.#held.has(name)) this.#held.set(name, { value: undefined, first, join: undefined });
  }

  /** withSideEffect: a value from the start, and maybe how more is joined with it. It is not changed itself. */
  preset(name: string, value: GValue, join: Joining | undefined): void {
    this.#held.set(name, { value: copied(value), first: () => value, join });
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  get names(): Iterable<string> {
    return this.#held.keys();
  }

  /** Undefined where there is none. */
  get(name: string): GValue | undefined {
    const value = this.#value(name);
    return value instanceof Hoard ? value.result() : value;
  }

  set(name: string, value: GValue): void {
    const held = this.#held.get(name);
    if (held === undefined) this.#held.set(name, { value, first: () => value, join: undefined });
    else held.value = value;
  }

  /** What a step keeps there; made when there is nothing yet. A value that was there before becomes the beginning of it. */
  hoard<T extends Hoard>(
    name: string,
    { is, make }: { is: (held: Hoard) => held is T; make: (before?: GValue) => T },
  ): T {
    const value = this.#value(name);
    if (value instanceof Hoard && is(value)) return value;
    const made = make(value instanceof Hoard ? value.result() : value);
    const held = this.#held.get(name);
    if (held === undefined) this.#held.set(name, { value: made, first: () => made.result(), join: undefined });
    else held.value = made;
    return made;
  }

  /** How withSideEffect said that more is to be joined. */
  joining(name: string): Joining | undefined {
    return this.#held.get(name)?.join;
  }

  /** `usual` joins where withSideEffect named no way. */
  add(name: string, more: GValue, usual: Joining): void {
    const held = this.#held.get(name);
    if (held === undefined) throw mistake('gremlin.side-effect', `there is no side-effect named '${name}'`);
    const before = this.get(name) as GValue;
    held.value = (held.join ?? usual)(before, more);
  }

  #value(name: string): GValue | Hoard | undefined {
    const held = this.#held.get(name);
    if (held === undefined) return undefined;
    if (held.value === undefined) held.value = held.first();
    return held.value;
  }
}

interface Held {
  value: GValue | Hoard | undefined;
  readonly first: () => GValue | Hoard;
  readonly join: Joining | undefined;
}

/** Adds to a collection in place, so that a thousand times one is not a thousand copies. */
export function addInto(before: GValue, more: GValue, count: number): GValue {
  if (before instanceof BulkSet) {
    const { counts } = before;
    counts.set(more, ((counts.get(more) as number | undefined) ?? 0) + count);
    return before;
  }
  if (isList(before)) {
    for (let n = 0; n < count; n++) (before as GValue[]).push(more);
    return before;
  }
  if (before instanceof GSet) {
    before.add(more);
    return before;
  }
  if (before instanceof GMap && more instanceof GMap) {
    for (const [key, value] of more) before.set(key, value);
    return before;
  }
  throw mistake('gremlin.type', 'a side-effect that is no collection needs an operator to be joined with, such as sum');
}

/** A compiled traversal runs more than once. */
function copied(value: GValue): GValue {
  if (value instanceof GMap) return new GMap(value);
  if (value instanceof GSet) return new GSet(value);
  if (value instanceof BulkSet) return new BulkSet(new GMap(value.counts));
  return isList(value) ? [...value] : value;
}
