/** Filters and maps that follow one another: one traverser goes through all of them without a generator. */
import { type FilterOp, type MapOp, NOTHING } from '../step.ts';
import type { Placed } from './pipeline.ts';
import type { Run } from './run.ts';
import type { Traverser } from './traverser.ts';

export interface Small extends Placed {
  readonly op: FilterOp | MapOp;
}

export function tailFrom(placed: readonly Placed[], from: number): Small[] {
  const tail: Small[] = [];
  for (let at = from; at < placed.length; at++) {
    const { op } = placed[at] as Placed;
    if (op.kind !== 'filter' && op.kind !== 'map') break;
    tail.push(placed[at] as Small);
  }
  return tail;
}

export function plainFilters(tail: readonly Small[]): { first: FilterOp[]; rest: readonly Small[] } {
  const first: FilterOp[] = [];
  for (const { op, mark } of tail) {
    if (op.kind !== 'filter' || op.accepts === undefined || mark.labels.length > 0) break;
    first.push(op);
  }
  return { first, rest: tail.slice(first.length) };
}

export function acceptsAll(filters: readonly FilterOp[], value: Traverser['value'], run: Run): boolean {
  for (const filter of filters) if (!(filter.accepts as NonNullable<FilterOp['accepts']>)(value, run)) return false;
  return true;
}

/** Undefined: it did not pass. */
export function through(tail: readonly Small[], traverser: Traverser, run: Run): Traverser | undefined {
  let now = traverser;
  for (const { op, mark } of tail) {
    if (op.kind === 'filter') {
      if (!passes(op, now, run)) return undefined;
      if (mark.labels.length > 0) now = now.named(mark);
    } else {
      const value = op.map(now, run);
      if (value === NOTHING) return undefined;
      now = now.to(value, mark);
    }
  }
  return now;
}

export function passes(op: FilterOp, traverser: Traverser, run: Run): boolean {
  return op.accepts !== undefined ? op.accepts(traverser.value, run) : (op.test?.(traverser, run) ?? true);
}
