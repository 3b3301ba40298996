/** What `group` makes of the values of one key, and what it has to keep for that. (TinkerPop: GroupStep.) */
import type { By } from '../arguments/by.ts';
import { Child } from '../arguments/child.ts';
import { type Expand, expandOf } from '../run/expand.ts';
import type { Placed } from '../run/pipeline.ts';
import type { Run } from '../run/run.ts';
import { type Mark, Traverser } from '../run/traverser.ts';
import { NOTHING, type Nothing, type ReduceOp, type Reduction } from '../step.ts';
import type { GValue } from '../value/value.ts';

/** What is made of the values of a key. */
export type ValuesOf =
  /** A list, of what one read gives. */
  | { readonly kind: 'list'; readonly by: By }
  /** A traversal that gathers nothing: what it makes of the newest. */
  | { readonly kind: 'newest'; readonly child: Child }
  | {
      readonly kind: 'reduced';
      readonly before: Child;
      /** The same in one go, where that is possible. */
      readonly expand: Expand | undefined;
      readonly op: ReduceOp;
      readonly mark: Mark;
      readonly after: Child;
    }
  | { readonly kind: 'all'; readonly before: Child; readonly rest: Child };

export function valuesOf(by: By): ValuesOf {
  if (by.child === undefined) return { kind: 'list', by };
  const { placed } = by.child;
  const at = placed.findIndex(gathers);
  if (at < 0) return { kind: 'newest', child: by.child };
  const before = new Child(placed.slice(0, at));
  const { op, mark } = placed[at] as Placed;
  if (op.kind === 'reduce') {
    const expand = expandOf(before.placed);
    return { kind: 'reduced', before, expand, op, mark, after: new Child(placed.slice(at + 1)) };
  }
  return { kind: 'all', before, rest: new Child(placed.slice(at)) };
}

/** Those of TinkerPop's barriers that say by what they are that they are one are seen by it; of the others the names tell. */
function gathers({ op }: Placed): boolean {
  if (op.kind === 'reduce') return true;
  return (op.kind === 'barrier' || op.kind === 'stream') && BARRIERS.has(/^\w*/.exec(op.words ?? '')?.[0] ?? '');
}

const BARRIERS: ReadonlySet<string> = new Set([
  'aggregate',
  'count',
  'dedup',
  'fold',
  'group',
  'groupCount',
  'limit',
  'max',
  'mean',
  'min',
  'order',
  'range',
  'sample',
  'skip',
  'sum',
  'tree',
]);

/** The values of one key, as far as they have come. */
export class Group {
  readonly key: GValue;
  readonly #values: ValuesOf;
  readonly #list: GValue[] = [];
  readonly #all: Traverser[] = [];
  #newest: GValue | Nothing = NOTHING;
  #reduction: Reduction | undefined;

  constructor(key: GValue, values: ValuesOf) {
    this.key = key;
    this.#values = values;
  }

  *add(traverser: Traverser, run: Run): Generator<undefined, void> {
    const values = this.#values;
    switch (values.kind) {
      case 'list': {
        const { by } = values;
        const value = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
        if (value === NOTHING) return;
        run.budget.hold(traverser.bulk);
        for (let count = 0; count < traverser.bulk; count++) this.#list.push(value);
        return;
      }
      case 'newest': {
        const value = yield* values.child.first(traverser, run);
        if (value !== NOTHING) this.#newest = value;
        return;
      }
      case 'reduced': {
        this.#reduction ??= values.op.start(run);
        if (values.before.placed.length === 0) this.#reduction.add(traverser, run);
        else if (values.expand !== undefined) {
          const ends: Traverser[] = [];
          values.expand(traverser, run, ends);
          for (const end of ends) this.#reduction.add(end, run);
        } else
          for (const one of values.before.run([traverser], run)) {
            if (one === undefined) yield undefined;
            else if (one !== null) this.#reduction.add(one, run);
          }
        return;
      }
      case 'all':
        for (const one of values.before.run([traverser], run)) {
          if (one === undefined) yield undefined;
          else if (one !== null) {
            run.budget.hold(1);
            // In a side-effect it goes on, and may change.
            this.#all.push(one.copy());
          }
        }
    }
  }

  *value(run: Run): Generator<undefined, GValue | Nothing> {
    const values = this.#values;
    switch (values.kind) {
      case 'list':
        return this.#list;
      case 'newest':
        return this.#newest;
      case 'reduced': {
        const value = (this.#reduction as Reduction).result(run);
        if (value === NOTHING || values.after.placed.length === 0) return value;
        return yield* firstOf(values.after, [new Traverser(null, 1).to(value, values.mark)], run);
      }
      case 'all':
        return yield* firstOf(
          values.rest,
          this.#all.map((one) => one.copy()),
          run,
        );
    }
  }
}

function* firstOf(child: Child, all: Traverser[], run: Run): Generator<undefined, GValue | Nothing> {
  for (const one of child.run(all, run)) {
    if (one === undefined) yield undefined;
    else if (one !== null) return one.value;
  }
  return NOTHING;
}
