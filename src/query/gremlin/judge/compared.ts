/** `where('a', gt('b')).by('age')`: a predicate of what names stand for, which each traverser has its own of. */
import { mistake } from '../../../std/mistake.ts';
import type { By } from '../arguments/by.ts';
import { identityBy } from '../arguments/by.ts';
import { scopeValue } from '../read/scope.ts';
import type { Run } from '../run/run.ts';
import { Traverser } from '../run/traverser.ts';
import { NOTHING, type Nothing } from '../step.ts';
import { isList } from '../value/identity.ts';
import { membersOf } from '../value/members.ts';
import type { Predicate } from '../value/predicate.ts';
import type { GValue } from '../value/value.ts';
import { type Judge, ofDirect } from './judge.ts';
import { type Relation, relationNamed } from './relations.ts';
import { plainly } from './test-of.ts';

/** The `by`s take turns: the first is for the start, the next for each name in the predicate. Throws a Mistake. */
export function judgeOfPredicate(start: string | undefined, predicate: Predicate, bys: readonly By[]): Judge {
  const names: string[] = [];
  const holds = formula(predicate, names);
  const byAt = (at: number) => bys[at % bys.length] ?? identityBy();
  const places = [start, ...names].map((name, at) => ({ name, by: byAt(at) }));
  if (places.every(({ by }) => by.direct !== undefined))
    return ofDirect((traverser, run) => {
      const values: GValue[] = [];
      for (const { name, by } of places) {
        const value = by.isIdentity
          ? valueAt(name, traverser, run)
          : (by.direct as NonNullable<By['direct']>)(traverserAt(name, traverser, run), run);
        if (value === NOTHING) return false;
        values.push(value);
      }
      return holds(values, run);
    });
  return {
    accepts: undefined,
    direct: undefined,
    *ask(traverser, run) {
      const values: GValue[] = [];
      for (const { name, by } of places) {
        const value: GValue | Nothing = yield* by.value(traverserAt(name, traverser, run), run);
        if (value === NOTHING) return false;
        values.push(value);
      }
      return holds(values, run);
    },
    wants: [],
  };
}

/** What a name stands for; the traverser's own value without one. */
export function valueAt(name: string | undefined, traverser: Traverser, run: Run): GValue {
  if (name === undefined) return traverser.value;
  const value = scopeValue(traverser, name, 'last', run);
  if (value === NOTHING)
    throw mistake(
      'gremlin.name',
      `Neither the map, sideEffects, nor path has a ${name}-key`,
      `name it before: .as('${name}')`,
    );
  return value;
}

function traverserAt(name: string | undefined, traverser: Traverser, run: Run): Traverser {
  const { trail, sack, loops } = traverser;
  return new Traverser(valueAt(name, traverser, run), 1, trail, sack, loops);
}

/** Asked of the start's value and then those of the names. */
type Formula = (values: readonly GValue[], run: Run) => boolean;

/** Adds the names it meets. */
function formula(predicate: Predicate, names: string[]): Formula {
  const { name, args } = plainly(predicate);
  switch (name) {
    case 'and': {
      const parts = args.map((arg) => formula(arg as Predicate, names));
      return (values, run) => parts.every((part) => part(values, run));
    }
    case 'or': {
      const parts = args.map((arg) => formula(arg as Predicate, names));
      return (values, run) => parts.some((part) => part(values, run));
    }
    case 'not': {
      const part = formula(args[0] as Predicate, names);
      return (values, run) => !part(values, run);
    }
    default: {
      const relation = relationNamed(name);
      const [given = null] = args;
      return isList(given) ? ofSeveral(relation, given, names) : ofOne(relation, given, names);
    }
  }
}

function ofOne(relation: Relation, name: GValue, names: string[]): Formula {
  const at = names.push(nameOf(name));
  return (values, run) => relation(values[0] as GValue, values[at] as GValue, run.model);
}

/** `within('x', 'y')`: in what x or y stands for, or that itself if it is no collection. */
function ofSeveral(relation: Relation, given: readonly GValue[], names: string[]): Formula {
  if (given.length === 1) return ofOne(relation, given[0] as GValue, names);
  const from = names.length + 1;
  names.push(...given.map(nameOf));
  return (values, run) => {
    const all = values.slice(from, from + given.length).flatMap((value) => [...(membersOf(value) ?? [value])]);
    return relation(values[0] as GValue, all, run.model);
  };
}

function nameOf(name: GValue): string {
  if (typeof name === 'string') return name;
  throw mistake(
    'gremlin.argument',
    'where compares with what has a name',
    'use is(…) or has(…) for a value: is(gt(5))',
  );
}
