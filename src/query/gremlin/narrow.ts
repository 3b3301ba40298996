/** Filters right behind `V()` tell it what is wanted, so that an index can find it. They still ask each one. */
import type { Placed } from './pipeline.ts';
import type { Wanted } from './step.ts';

export function narrow(placed: Placed[]): Placed[] {
  return placed.map((one, at) => {
    const { op, mark } = one;
    if (op.kind !== 'flatMap' || op.narrowed === undefined) return one;
    const wanted: Wanted[] = [];
    for (let next = at + 1; next < placed.length; next++) {
      const { op: filter } = placed[next] as Placed;
      if (filter.kind !== 'filter') break;
      wanted.push(...(filter.wants ?? []));
    }
    if (wanted.length === 0) return one;
    const narrowed = op.narrowed(wanted);
    narrowed.words ??= op.words ?? '';
    return { op: narrowed, mark };
  });
}
