/** Yes or no to a traverser, by what children and filters say of it, and what and, or and not make of that. */
import type { Child } from '../arguments/child.ts';
import type { Run } from '../run/run.ts';
import { passes } from '../run/tail.ts';
import type { Mark, Traverser } from '../run/traverser.ts';
import { type FilterOp, type FlatMapOp, type Items, NOTHING, type Op, type Wanted } from '../step.ts';
import type { GValue } from '../value/value.ts';

export interface Judge {
  /** Where the value alone decides. */
  readonly accepts: ((value: GValue, run: Run) => boolean) | undefined;
  /** Where nobody has to wait for it. */
  readonly direct: ((traverser: Traverser, run: Run) => boolean) | undefined;
  /** Breathes. */
  ask(traverser: Traverser, run: Run): Generator<undefined, boolean>;
  /** What is so of each that is let pass. */
  readonly wants: readonly Wanted[];
}

export function judgeOfChild(child: Child): Judge {
  const { placed, direct } = child;
  const filters = placed.map(({ op }) => op).filter((op) => op.kind === 'filter');
  const wants = wantsOfFirst(child);
  if (filters.length === placed.length && filters.every(({ accepts }) => accepts !== undefined))
    return ofValue((value, run) => {
      for (const filter of filters) if (filter.accepts?.(value, run) === false) return false;
      return true;
    }, wants);
  const [only] = placed;
  if (only?.op.kind === 'flatMap' && placed.length === 1) return ofFirstOf(only.op);
  if (direct !== undefined) return ofDirect((traverser, run) => direct(traverser, run) !== NOTHING, wants);
  return { accepts: undefined, direct: undefined, ask: (traverser, run) => child.any(traverser, run), wants };
}

/** One is enough. */
function ofFirstOf(op: FlatMapOp): Judge {
  return ofDirect((traverser, run) => {
    run.budget.spend();
    for (const _ of op.flatMap(traverser, run)) return true;
    return false;
  });
}

export function judgeOfFilter(filter: FilterOp): Judge {
  const { accepts, wants = [] } = filter;
  if (accepts !== undefined) return ofValue((value, run) => accepts(value, run), wants);
  return ofDirect((traverser, run) => passes(filter, traverser, run), wants);
}

export function allOf(judges: readonly Judge[]): Judge {
  const [only] = judges;
  if (only !== undefined && judges.length === 1) return only;
  return joined(
    judges,
    false,
    judges.flatMap(({ wants }) => wants),
  );
}

export function anyOf(judges: readonly Judge[]): Judge {
  return joined(judges, true, []);
}

export function noneOf(judge: Judge): Judge {
  const { accepts, direct } = judge;
  if (accepts !== undefined) return ofValue((value, run) => !accepts(value, run), []);
  if (direct !== undefined) return ofDirect((traverser, run) => !direct(traverser, run), []);
  return {
    accepts,
    direct,
    *ask(traverser, run) {
      return !(yield* judge.ask(traverser, run));
    },
    wants: [],
  };
}

/** In the simplest form that will do. */
export function opOf(judge: Judge, mark: Mark): Op {
  const { accepts, direct, wants } = judge;
  if (accepts !== undefined) return { kind: 'filter', accepts, wants };
  if (direct !== undefined) return { kind: 'filter', test: direct, wants };
  return { kind: 'stream', stream: (input, run) => judged(judge, mark, input, run) };
}

function* judged(judge: Judge, mark: Mark, input: Items, run: Run): Items {
  for (const traverser of input) {
    if (traverser === undefined || traverser === null) yield traverser;
    else {
      if (run.budget.spend()) yield undefined;
      if (yield* judge.ask(traverser, run)) yield mark.labels.length > 0 ? traverser.named(mark) : traverser;
    }
  }
}

/** The first that says `decisive` decides. */
function joined(judges: readonly Judge[], decisive: boolean, wants: readonly Wanted[]): Judge {
  const tests = judges.map(({ accepts }) => accepts).filter((accepts) => accepts !== undefined);
  if (tests.length === judges.length)
    return ofValue((value, run) => {
      for (const accepts of tests) if (accepts(value, run) === decisive) return decisive;
      return !decisive;
    }, wants);
  const directs = judges.map(({ direct }) => direct).filter((direct) => direct !== undefined);
  if (directs.length === judges.length)
    return ofDirect((traverser, run) => {
      for (const direct of directs) if (direct(traverser, run) === decisive) return decisive;
      return !decisive;
    }, wants);
  return {
    accepts: undefined,
    direct: undefined,
    *ask(traverser, run) {
      for (const judge of judges) if ((yield* judge.ask(traverser, run)) === decisive) return decisive;
      return !decisive;
    },
    wants,
  };
}

function ofValue(accepts: (value: GValue, run: Run) => boolean, wants: readonly Wanted[]): Judge {
  return { ...ofDirect(({ value }, run) => accepts(value, run), wants), accepts };
}

export function ofDirect(direct: (traverser: Traverser, run: Run) => boolean, wants: readonly Wanted[] = []): Judge {
  return {
    accepts: undefined,
    direct,
    // biome-ignore lint/correctness/useYield: it never has to wait.
    *ask(traverser, run) {
      return direct(traverser, run);
    },
    wants,
  };
}

function wantsOfFirst({ placed }: Child): Wanted[] {
  const wants: Wanted[] = [];
  for (const { op } of placed) {
    if (op.kind !== 'filter') break;
    wants.push(...(op.wants ?? []));
  }
  return wants;
}
