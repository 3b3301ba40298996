/** What a step may know of those behind it: then it does less. They do what they do all the same. */
import type { Placed } from '../run/pipeline.ts';
import type { FlatMapOp, StreamOp, Wanted } from '../step.ts';

export function narrow(placed: Placed[]): Placed[] {
  return placed.map((one, at) => {
    const { op, mark } = one;
    const narrowed =
      op.kind === 'flatMap' ? wanting(op, placed, at) : op.kind === 'stream' ? counting(op, placed, at) : undefined;
    if (narrowed === undefined) return one;
    narrowed.words ??= op.words ?? '';
    return { op: narrowed, mark };
  });
}

/** Filters right behind `V()` tell it what is wanted, so that an index can find it. */
function wanting(op: FlatMapOp, placed: readonly Placed[], at: number): FlatMapOp | undefined {
  const wanted: Wanted[] = [];
  for (let next = at + 1; next < placed.length; next++) {
    const { op: filter } = placed[next] as Placed;
    if (filter.kind !== 'filter') break;
    wanted.push(...(filter.wants ?? []));
  }
  return wanted.length === 0 ? undefined : op.narrowed?.(wanted);
}

/** `order().limit(10)` need not sort all. */
function counting(op: StreamOp, placed: readonly Placed[], at: number): StreamOp | undefined {
  const behind = placed[at + 1]?.op;
  if (behind?.kind !== 'stream' || behind.most === undefined || !Number.isFinite(behind.most)) return undefined;
  return op.first?.(behind.most);
}
