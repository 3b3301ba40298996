/** The times in which somebody was watching: between the gaps of what was exported. Each has a writer of its own. */
import type { TransferHeader } from './lines.ts';

export interface Watch {
  readonly writer: string;
  readonly from: number;
  readonly to: number;
}

export function watchesOf({ id, range, gaps, span }: TransferHeader): Watch[] {
  if (!range) return [];
  const from = Math.max(range.from, span?.from ?? range.from);
  const to = Math.min(range.to, span?.to ?? range.to);
  const bounds = [from, ...gaps.filter((gap) => gap.from >= from && gap.to <= to).flatMap((g) => [g.from, g.to]), to];
  return Array.from({ length: bounds.length / 2 }, (_, i) => ({
    writer: `import.${id}.${i}`,
    from: bounds[2 * i] as number,
    to: bounds[2 * i + 1] as number,
  })).filter((watch) => watch.to >= watch.from);
}

/** The one that goes on then, or the last before; undefined: nobody ever watched. */
export function watchAt(watches: readonly Watch[], time: number): Watch | undefined {
  return watches.findLast(({ from }) => from <= time) ?? watches[0];
}
