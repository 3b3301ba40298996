/** What a traversal gives, in batches: bare values for scripts, each with its count for bytecode. */
import type { Execution } from '../../query/gremlin/run/execution.ts';
import type { Traverser } from '../../query/gremlin/run/traverser.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';

export interface Batch {
  readonly values: readonly GValue[];
  readonly bulks: readonly number[] | undefined;
  /** Nothing comes after it. */
  readonly isLast: boolean;
}

export interface Results {
  /** In the same call when nothing has to be waited for. */
  next(max: number): Batch | Promise<Batch>;
  close(): void;
}

export class TraversalResults implements Results {
  readonly #execution: Execution;
  readonly #hasBulks: boolean;
  /** Taken already, of a script: what counts several times comes several times. */
  #rest: { readonly value: GValue; left: number }[] = [];

  constructor(execution: Execution, hasBulks: boolean) {
    this.#execution = execution;
    this.#hasBulks = hasBulks;
  }

  next(max: number): Batch | Promise<Batch> {
    const execution = this.#execution;
    if (this.#rest.length > 0) return this.#bare([], max);
    const pulled = execution.pull(max);
    return pulled instanceof Promise ? pulled.then((all) => this.#batch(all, max)) : this.#batch(pulled, max);
  }

  close(): void {
    this.#execution.close();
  }

  #batch(pulled: readonly Traverser[], max: number): Batch {
    if (!this.#hasBulks) return this.#bare(pulled, max);
    const values = pulled.map(({ value }) => value);
    return { values, bulks: pulled.map(({ bulk }) => bulk), isLast: this.#execution.isDone };
  }

  #bare(pulled: readonly Traverser[], max: number): Batch {
    if (this.#rest.length === 0 && pulled.every(({ bulk }) => bulk === 1))
      return { values: pulled.map(({ value }) => value), bulks: undefined, isLast: this.#execution.isDone };
    for (const { value, bulk } of pulled) this.#rest.push({ value, left: bulk });
    const values: GValue[] = [];
    let used = 0;
    for (const held of this.#rest) {
      const count = Math.min(held.left, max - values.length);
      for (let i = 0; i < count; i++) values.push(held.value);
      held.left -= count;
      if (held.left > 0) break;
      used++;
    }
    this.#rest = this.#rest.slice(used);
    return { values, bulks: undefined, isLast: this.#execution.isDone && this.#rest.length === 0 };
  }
}

/** Values that are there already. */
export class HeldResults implements Results {
  #values: readonly GValue[];
  readonly #hasBulks: boolean;

  constructor(values: readonly GValue[], hasBulks = false) {
    this.#values = values;
    this.#hasBulks = hasBulks;
  }

  next(max: number): Batch {
    const values = this.#values.slice(0, max);
    this.#values = this.#values.slice(max);
    return { values, bulks: this.#hasBulks ? values.map(() => 1) : undefined, isLast: this.#values.length === 0 };
  }

  close(): void {
    this.#values = [];
  }
}
