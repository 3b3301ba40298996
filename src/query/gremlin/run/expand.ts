/**
 * Filters, maps and one step along edges, of one traverser, in one go: no generator is made and nothing is kept between
 * two of them. What a repeat does most of the time.
 */

import type { FlatMapOp } from '../step.ts';
import type { Placed } from './pipeline.ts';
import type { Run } from './run.ts';
import { type Small, through } from './tail.ts';
import type { Mark, Traverser } from './traverser.ts';

/** What it consists of, for who wants to breathe in between. */
export interface Stretch {
  readonly head: readonly Small[];
  readonly flat: { readonly op: FlatMapOp; readonly mark: Mark } | undefined;
  readonly tail: readonly Small[];
}

/** Undefined where these ops may take long, or need more than one traverser at a time. */
export function stretchOf(placed: readonly Placed[]): Stretch | undefined {
  const at = placed.findIndex((one) => !isSmall(one));
  if (at < 0) return { head: placed.filter(isSmall), flat: undefined, tail: [] };
  const { op, mark } = placed[at] as Placed;
  const tail = placed.slice(at + 1).filter(isSmall);
  if (op.kind !== 'flatMap' || isScan(op) || tail.length < placed.length - at - 1) return undefined;
  return { head: placed.slice(0, at).filter(isSmall), flat: { op, mark }, tail };
}

/** Puts what comes of a traverser, in order, behind what `out` holds already. */
export type Expand = (traverser: Traverser, run: Run, out: Traverser[]) => void;

export function expandOf(placed: readonly Placed[]): Expand | undefined {
  const stretch = stretchOf(placed);
  if (stretch === undefined) return undefined;
  const { head, flat, tail } = stretch;
  return (traverser, run, out) => {
    const from = head.length === 0 ? traverser : through(head, traverser, run);
    if (from === undefined) return;
    if (flat === undefined) {
      out.push(from);
      return;
    }
    for (const value of flat.op.flatMap(from, run)) {
      run.budget.spend();
      const end = through(tail, from.to(value, flat.mark), run);
      if (end !== undefined) out.push(end);
    }
  };
}

/** All vertices, or all edges: too many to take at a stretch. */
function isScan(op: FlatMapOp): boolean {
  return op.narrowed !== undefined;
}

function isSmall(placed: Placed): placed is Small {
  return placed.op.kind === 'filter' || placed.op.kind === 'map';
}
