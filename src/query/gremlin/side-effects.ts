/** What a traversal puts aside under a name: `aggregate('x')`, `group('m')`, `withSideEffect('x', …)`. */
import { mistake } from '../../std/mistake.ts';
import type { GValue } from './value/value.ts';

/** Joins what is there with what comes: an Operator, or what a step gathers by. */
export type Joining = (before: GValue, more: GValue) => GValue;

export class SideEffects {
  readonly #held = new Map<string, Held>();

  /** Says how a name is held; what was said before (by withSideEffect) stays. */
  declare(name: string, first: () => GValue, join: Joining): void {
    if (!this.#held.has(name)) this.#held.set(name, { value: undefined, first, join });
  }

  /** withSideEffect: a value from the start, and maybe how more is joined with it. */
  preset(name: string, value: GValue, join: Joining | undefined): void {
    this.#held.set(name, { value, first: () => value, join });
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  get names(): Iterable<string> {
    return this.#held.keys();
  }

  /** Undefined where there is none. */
  get(name: string): GValue | undefined {
    const held = this.#held.get(name);
    if (held === undefined) return undefined;
    held.value ??= held.first();
    return held.value;
  }

  set(name: string, value: GValue): void {
    const held = this.#held.get(name);
    if (held === undefined) this.#held.set(name, { value, first: () => value, join: undefined });
    else held.value = value;
  }

  /** `usual` joins where withSideEffect named no way. */
  add(name: string, more: GValue, usual: Joining): void {
    const held = this.#held.get(name);
    if (held === undefined) throw mistake('gremlin.side-effect', `there is no side-effect named '${name}'`);
    const before = this.get(name) as GValue;
    held.value = (held.join ?? usual)(before, more);
  }
}

interface Held {
  value: GValue | undefined;
  readonly first: () => GValue;
  readonly join: Joining | undefined;
}
