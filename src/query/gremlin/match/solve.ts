/**
 * All ways to bind the variables of some patterns. The next pattern is the one that leaves the fewest ways, as far as the
 * run has seen: checks first, then walks between what is bound on both ends.
 */
import { mistake } from '../../../std/mistake.ts';
import { onTrail } from '../read/scope.ts';
import type { Run } from '../run/run.ts';
import { Trail, Traverser } from '../run/traverser.ts';
import { NOTHING, type Nothing } from '../step.ts';
import { keyOf } from '../value/identity.ts';
import type { GValue } from '../value/value.ts';
import type { Pattern, Several, Walk } from './pattern.ts';

export class Solving {
  readonly #run: Run;
  /** How many each pattern gave, of how many. */
  readonly #seen = new Map<Pattern, { asked: number; given: number }>();

  constructor(run: Run) {
    this.#run = run;
  }

  /** The traverser with each way to bind on its trail. Throws a Mistake where no pattern can be the next. */
  *solve(traverser: Traverser, patterns: readonly Pattern[]): Generator<Traverser | undefined> {
    if (patterns.length === 0) {
      yield traverser;
      return;
    }
    const next = this.#next(traverser, patterns);
    if (next === undefined)
      throw mistake('gremlin.match', 'The provided match pattern is unsolvable: no pattern begins with what is known');
    const others = patterns.filter((pattern) => pattern !== next);
    const seen = this.#seenOf(next);
    seen.asked++;
    for (const found of this.#walk(next, traverser)) {
      if (found === undefined) yield undefined;
      else {
        seen.given++;
        yield* this.solve(found, others);
      }
    }
  }

  *#walk(pattern: Pattern, traverser: Traverser): Generator<Traverser | undefined> {
    const run = this.#run;
    if (run.budget.spend()) yield undefined;
    switch (pattern.kind) {
      case 'and':
        yield* this.solve(traverser, pattern.patterns);
        return;
      case 'or':
        for (const one of pattern.patterns) yield* this.#walk(one, traverser);
        return;
      case 'check':
        if (yield* pattern.child.any(traverser, run)) yield traverser;
        return;
      case 'walk': {
        const from = bound(traverser, pattern.start);
        if (from === NOTHING) return;
        const begin = traverser.single();
        begin.value = from;
        for (const end of pattern.child.run([begin], run)) {
          if (end === undefined) yield undefined;
          else if (end !== null) {
            const found = arrived(end, traverser, pattern);
            if (found !== undefined) yield found;
          }
        }
      }
    }
  }

  #next(traverser: Traverser, patterns: readonly Pattern[]): Pattern | undefined {
    let best: Pattern | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const pattern of patterns) {
      const cost = this.#cost(pattern, traverser);
      if (cost < least) [best, least] = [pattern, cost];
    }
    return best;
  }

  /** Infinite where it cannot be walked yet. */
  #cost(pattern: Pattern, traverser: Traverser): number {
    if (!isReady(pattern, traverser)) return Number.POSITIVE_INFINITY;
    if (pattern.kind === 'check') return 0;
    const { asked, given } = this.#seenOf(pattern);
    const isTest = pattern.kind === 'walk' && (pattern.end === undefined || bound(traverser, pattern.end) !== NOTHING);
    const usual = isTest ? 1 : 2;
    return (given + usual) / (asked + 1);
  }

  #seenOf(pattern: Pattern): { asked: number; given: number } {
    let seen = this.#seen.get(pattern);
    if (seen === undefined) {
      seen = { asked: 0, given: 0 };
      this.#seen.set(pattern, seen);
    }
    return seen;
  }
}

function isReady(pattern: Pattern, traverser: Traverser): boolean {
  if (pattern.kind === 'walk') return bound(traverser, pattern.start) !== NOTHING;
  if (pattern.kind === 'check') return pattern.needs.every((name) => bound(traverser, name) !== NOTHING);
  return isSeveralReady(pattern, traverser);
}

function isSeveralReady({ kind, patterns }: Several, traverser: Traverser): boolean {
  return kind === 'and'
    ? patterns.some((pattern) => isReady(pattern, traverser))
    : patterns.every((pattern) => isReady(pattern, traverser));
}

/** Undefined: it ended somewhere else than where it has to. */
function arrived(end: Traverser, before: Traverser, { end: name, reduces }: Walk): Traverser | undefined {
  const { value } = end;
  const trail = reduces ? before.trail : end.trail;
  const found = new Traverser(value, before.bulk * end.bulk, trail, end.sack, end.loops);
  if (name === undefined) return found;
  const known = bound(before, name);
  if (known !== NOTHING) return keyOf(known) === keyOf(value) ? found : undefined;
  found.trail = bind(trail, value, name);
  return found;
}

export function bind(trail: Trail | undefined, value: GValue, name: string): Trail {
  if (trail !== undefined && trail.value === value) return new Trail(trail.before, value, [...trail.labels, name]);
  return new Trail(trail, value, [name]);
}

export function bound({ trail }: Traverser, name: string): GValue | Nothing {
  return onTrail(trail, name, 'last');
}
