/**
 * A `count` right behind a step that knows how many it would give asks for the number alone: `V().count()` looks at no
 * vertex, and `out().count()` at no vertex but those it leaves. (TinkerPop: TinkerGraphCountStrategy, AdjacentToIncidentStrategy.)
 */

import { nameIn } from '../explain/step-words.ts';
import type { Placed } from '../run/pipeline.ts';
import type { FlatMapOp, ReduceOp } from '../step.ts';
import { long } from '../value/num.ts';

export function counted(placed: readonly Placed[]): Placed[] {
  const out: Placed[] = [];
  for (const one of placed) {
    const before = out.at(-1)?.op;
    const isCount = one.op.kind === 'reduce' && nameIn(one.op.words ?? '') === 'count';
    if (isCount && before?.kind === 'flatMap' && before.size !== undefined)
      out[out.length - 1] = { op: sizes(before, one.op.words ?? ''), mark: one.mark };
    else out.push(one);
  }
  return out;
}

function sizes(op: FlatMapOp, count: string): ReduceOp {
  return {
    kind: 'reduce',
    words: `${nameIn(count)}(${op.words})`,
    start() {
      let total = 0;
      return {
        add(traverser, run) {
          const size = op.size?.(traverser, run);
          if (size !== undefined) total += size * traverser.bulk;
          else
            for (const _ of op.flatMap(traverser, run)) {
              run.budget.spend();
              total += traverser.bulk;
            }
        },
        result: () => long(total),
      };
    },
  };
}
