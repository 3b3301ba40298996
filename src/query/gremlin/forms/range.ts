/** `range(low, high)`: which of all that come, or of what a collection holds. A high of -1 has no end. */
import { mistake } from '../../../std/mistake.ts';
import type { Argument } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import type { Loops, Mark, Traverser } from '../run/traverser.ts';
import type { StreamOp } from '../step.ts';
import { GMap, GSet, MapEntry } from '../value/collections.ts';
import { membersOf } from '../value/members.ts';
import { isNumber, numType, toNumber } from '../value/num.ts';
import { type GValue, Path, Tree } from '../value/value.ts';
import { named } from './each.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Throws a Mistake for one that ends before it begins. */
export function rangeOf(low: number, high: number): Range {
  if (low !== -1 && high !== -1 && low > high) throw mistake('gremlin.range', `Not a legal range: [${low}, ${high}]`);
  return { low: Math.max(low, 0), high: high === -1 ? Number.POSITIVE_INFINITY : high };
}

/** A whole number among the arguments; zero after a fault was told. */
export function wholeOf(argument: Argument | undefined, call: StepCall, builder: Builder): number {
  if (isNumber(argument) && WHOLE.has(numType(argument))) return toNumber(argument);
  builder.wrong(call, `${call.name} takes a whole number`);
  return 0;
}

const WHOLE: ReadonlySet<string> = new Set(['byte', 'short', 'int', 'long', 'bigint']);

/**
 * Of all that come. Within a repeat each of its rounds is counted alone (TinkerPop 3.8), so that the end of one is not the
 * end of all.
 */
export function ranged(range: Range, { mark, around }: Pick<Builder, 'mark' | 'around'>): StreamOp {
  const isInRounds = around.lastIndexOf('repeat') > around.findLastIndex((name) => ONE_BY_ONE.has(name));
  return isInRounds ? rangedByRound(range, mark) : rangedOnce(range, mark);
}

/** What is within these begins anew for each traverser. */
const ONE_BY_ONE: ReadonlySet<string> = new Set([
  'and',
  'by',
  'emit',
  'filter',
  'flatMap',
  'local',
  'map',
  'not',
  'or',
  'until',
  'where',
]);

function rangedOnce({ low, high }: Range, mark: Mark): StreamOp {
  return {
    kind: 'stream',
    most: high,
    *stream(input, run) {
      if (high <= low) return;
      let seen = 0;
      for (const traverser of input) {
        if (traverser === undefined || traverser === null) {
          yield traverser;
          continue;
        }
        if (run.budget.spend()) yield undefined;
        const passed = passing(traverser, seen, low, high);
        seen += traverser.bulk;
        if (passed > 0) yield named(passed === traverser.bulk ? traverser : traverser.copy(passed), mark);
        // Without asking for one more: there may be much before it. Of what is doubled each round there soon is more than any number.
        if (seen >= high && high < Number.POSITIVE_INFINITY) return;
      }
    },
  };
}

function rangedByRound({ low, high }: Range, mark: Mark): StreamOp {
  return {
    kind: 'stream',
    *stream(input, run) {
      const seen = new Map<number | string, number>();
      for (const traverser of input) {
        if (traverser === undefined || traverser === null) {
          yield traverser;
          continue;
        }
        if (run.budget.spend()) yield undefined;
        const round = roundOf(traverser.loops);
        const before = seen.get(round) ?? 0;
        if (before === 0) run.budget.hold(1);
        seen.set(round, before + traverser.bulk);
        const passed = passing(traverser, before, low, high);
        if (passed > 0) yield named(passed === traverser.bulk ? traverser : traverser.copy(passed), mark);
      }
      run.budget.hold(-seen.size);
    },
  };
}

function roundOf(loops: Loops | undefined): number | string {
  if (loops === undefined) return 0;
  return loops.outer === undefined ? loops.count : `${loops.count} ${roundOf(loops.outer)}`;
}

/** How many of its bulk lie within. */
function passing({ bulk }: Traverser, seen: number, low: number, high: number): number {
  return Math.min(seen + bulk, high) - Math.max(seen, low);
}

/** Of what a collection holds, in its kind; what holds nothing stays as it is. `high` may be less than `low`. */
export function slice(value: GValue, { low, high }: Range): GValue {
  if (value instanceof MapEntry) return value;
  if (value instanceof GMap || value instanceof Tree) {
    const entries = value instanceof Tree ? value.entries : value;
    return new GMap([...entries].slice(low, high));
  }
  const members = membersOf(value);
  if (members === undefined) return value;
  const some = [...members].slice(low, high);
  // A part of a path is no path any more.
  return Array.isArray(value) || value instanceof Path ? some : new GSet(some);
}
