/**
 * Filters, maps and one step along edges, of one traverser, in one go: no generator is made and nothing is kept between
 * two of them. What a repeat does most of the time.
 */
import { type Placed, type Small, through } from './pipeline.ts';
import type { Run } from './run.ts';
import type { FlatMapOp } from './step.ts';
import type { Traverser } from './traverser.ts';

/** Puts what comes of a traverser, in order, behind what `out` holds already. */
export type Expand = (traverser: Traverser, run: Run, out: Traverser[]) => void;

/** Undefined where these ops may take long, or need more than one traverser at a time. */
export function expandOf(placed: readonly Placed[]): Expand | undefined {
  const at = placed.findIndex(({ op }) => op.kind !== 'filter' && op.kind !== 'map');
  const head = placed.slice(0, at < 0 ? placed.length : at) as Small[];
  if (at < 0) {
    return (traverser, run, out) => {
      const end = through(head, traverser, run);
      if (end !== undefined) out.push(end);
    };
  }
  const { op, mark } = placed[at] as Placed;
  const tail = placed.slice(at + 1);
  if (op.kind !== 'flatMap' || isScan(op) || !tail.every((next) => isSmall(next))) return undefined;
  return (traverser, run, out) => {
    const from = head.length === 0 ? traverser : through(head, traverser, run);
    if (from === undefined) return;
    for (const value of op.flatMap(from, run)) {
      run.budget.spend();
      const end = through(tail as Small[], from.to(value, mark), run);
      if (end !== undefined) out.push(end);
    }
  };
}

/** All vertices, or all edges: too many to take at a stretch. */
function isScan(op: FlatMapOp): boolean {
  return op.narrowed !== undefined;
}

function isSmall({ op }: Placed): boolean {
  return op.kind === 'filter' || op.kind === 'map';
}
