/**
 * Between one step along edges and the next, traversers that are alike become one that counts for them: there are many more
 * ways through a graph than places in it. Nobody sees it but by how fast it is, so it is not done where the way itself is
 * asked for, nor where sacks would be joined. (TinkerPop: LazyBarrierStrategy.)
 */

import { nameIn } from '../explain/step-words.ts';
import { Gathering } from '../run/alike.ts';
import type { Placed } from '../run/pipeline.ts';
import { markOf } from '../run/traverser.ts';
import type { StreamOp } from '../step.ts';
import type { Builder } from './builder.ts';

export function bulked(placed: readonly Placed[], builder: Builder): Placed[] {
  if (!mayBulk(builder)) return builder.tracking === 'all' ? [...placed] : readFirst(placed, builder);
  const { tracking } = builder;
  const out: Placed[] = [];
  let hasWalked = false;
  for (const one of placed) {
    const { op } = one;
    if (op.kind === 'flatMap' && ALONG_EDGES.has(nameIn(op.words ?? ''))) {
      if (hasWalked) out.push({ op: lazyBarrier(), mark: markOf([], tracking) });
      hasWalked = true;
    } else if (op.kind !== 'filter' && op.kind !== 'map') hasWalked = false;
    out.push(one);
  }
  return out;
}

/**
 * What is found on the way is found before any of it is written to: else `both().both().addE(…)` would follow its own edges
 * without an end. As in TinkerPop, those that are alike are then written once.
 */
function readFirst(placed: readonly Placed[], { tracking }: Builder): Placed[] {
  const out: Placed[] = [];
  let widened = 0;
  for (const one of placed) {
    if (one.writes && widened > 1) {
      out.push({ op: lazyBarrier(MOST), mark: markOf([], tracking) });
      widened = 0;
    }
    if (WIDENING.has(nameIn(one.op.words ?? ''))) widened++;
    out.push(one);
  }
  return out;
}

/** Whether those that are alike may count as one where nobody asked for it. */
export function mayBulk({ options, tracking }: Builder): boolean {
  return tracking !== 'all' && options.isBulked && options.sack?.merge === undefined && !options.without.has(BULKING);
}

export const BULKING = 'LazyBarrierStrategy';

const ALONG_EDGES: ReadonlySet<string> = new Set(['out', 'in', 'both', 'outE', 'inE', 'bothE']);

const WIDENING: ReadonlySet<string> = new Set([
  ...ALONG_EDGES,
  'V',
  'E',
  'outV',
  'inV',
  'bothV',
  'otherV',
  'flatMap',
  'repeat',
]);

/** So many different ones wait at most (TinkerPop's number); the first few do not wait, as the first results should not. */
const MOST = 2_500;
const FIRST = 16;

function lazyBarrier(first = FIRST): StreamOp {
  return {
    kind: 'stream',
    words: 'barrier',
    *stream(input, { budget }) {
      const all = new Gathering({});
      let most = first;
      for (const traverser of input) {
        if (traverser === undefined) yield undefined;
        else {
          if (traverser !== null && all.add(traverser)) budget.hold(1);
          if (traverser === null || all.size >= most) {
            const released = all.take();
            yield* released;
            budget.hold(-released.length);
            most = Math.min(MOST, most * 4);
          }
          if (traverser === null) yield null;
        }
      }
      yield* all.take();
    },
  };
}
