/**
 * What `has` and its like ask of an element or a property: that something of it passes a test. With what an index can know
 * of that beforehand.
 */
import { mistake } from '../../../std/mistake.ts';
import { Several } from '../property-graph.ts';
import { readerOf } from '../read/key-reader.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import type { FilterOp, Wanted } from '../step.ts';
import { isList } from '../value/identity.ts';
import { javaType } from '../value/java-type.ts';
import { membersOf } from '../value/members.ts';
import { isNumber } from '../value/num.ts';
import { numberText } from '../value/number-text.ts';
import { Predicate } from '../value/predicate.ts';
import { type GValue, Property, Uuid, VertexProperty } from '../value/value.ts';
import { type Test, testOf } from './test-of.ts';

export type Holding = Required<Pick<FilterOp, 'accepts' | 'wants'>>;

export function filterOf(...all: readonly Holding[]): FilterOp {
  const [first] = all;
  if (first !== undefined && all.length === 1) return { kind: 'filter', ...first };
  return {
    kind: 'filter',
    wants: all.flatMap(({ wants }) => wants),
    accepts(value, run) {
      for (const { accepts } of all) if (!accepts(value, run)) return false;
      return true;
    },
  };
}

/** One of the values under a key passes; without a test one is enough. */
export function holdsProperty(key: string, what?: GValue): Holding {
  const test: Test = what === undefined ? () => true : testOf(what);
  const reader = readerOf(key);
  return {
    wants: what === undefined ? [] : wantedValues(what).map((values): Wanted => ({ of: 'property', key, values })),
    accepts(value, run) {
      if (isElement(value)) {
        const held = reader(run)(run.fresh(value), run.view);
        if (held === undefined) return false;
        return held instanceof Several ? held.values.some((one) => test(one, run.model)) : test(held, run.model);
      }
      if (value instanceof VertexProperty) {
        const held = value.meta?.get(key);
        return held !== undefined && test(held, run.model);
      }
      if (value instanceof Property) return false;
      throw noHolder(value);
    },
  };
}

/** Ids that are asked for as texts are compared as texts; of a list each as it is. */
export function holdsId(asked: GValue): Holding {
  const what = isList(asked) ? new Predicate('within', [asked]) : asked;
  const passes = idTest(what);
  return {
    wants: wantedValues(what).map((values): Wanted => ({ of: 'id', values })),
    accepts(value, run) {
      if (isElement(value)) return passes(run.model.id(value), run);
      if (value instanceof VertexProperty) return passes(value.id, run);
      if (value instanceof Property) return false;
      throw noHolder(value);
    },
  };
}

export function holdsLabel(what: GValue): Holding {
  const test = testOf(what);
  return {
    wants: wantedValues(what).map((values): Wanted => ({ of: 'label', values })),
    accepts(value, run) {
      if (isElement(value)) return test(run.model.label(value));
      if (value instanceof VertexProperty) return test(value.key);
      if (value instanceof Property) return false;
      throw noHolder(value);
    },
  };
}

/** The key or the value of a property. An element is none. */
export function holdsOwn(part: 'key' | 'value', what: GValue): Holding {
  const test = testOf(what);
  return {
    wants: [],
    accepts(value, run) {
      if (value instanceof VertexProperty || value instanceof Property) return test(value[part], run.model);
      if (isElement(value)) return false;
      throw noHolder(value);
    },
  };
}

/** Each list holds all values one of which it must be; nothing where no list says so. */
function wantedValues(what: GValue): readonly (readonly GValue[])[] {
  if (!(what instanceof Predicate)) return what === null ? [] : [[what]];
  const [given = null] = what.args;
  switch (what.name) {
    case 'eq':
      return given === null ? [] : [[given]];
    case 'within':
      return [[...((what.args.length === 1 ? membersOf(given) : undefined) ?? what.args)]];
    case 'and':
      return what.args.flatMap(wantedValues);
    default:
      return [];
  }
}

function idTest(what: GValue): (id: GValue, run: Run) => boolean {
  const test = testOf(what);
  if (isOfTexts(what)) return (id) => test(textOf(id));
  if (!(what instanceof Predicate) || !hasText(what)) return (id, { model }) => test(id, model);
  switch (what.name) {
    case 'within':
      return (id, { model }) => test(id, model) || test(textOf(id));
    case 'without':
      return (id, { model }) => test(id, model) && test(textOf(id));
    default:
      return (id, { model }) => test(id, model);
  }
}

function hasText({ args }: Predicate): boolean {
  return args.some((arg) => [...(membersOf(arg) ?? [])].some((one) => typeof one === 'string'));
}

/** All that is asked for is texts. */
function isOfTexts(what: GValue): boolean {
  if (!(what instanceof Predicate)) return typeof what === 'string';
  const given = what.args.flatMap((arg) => [...(membersOf(arg) ?? [arg])]);
  return (
    given.length > 0 &&
    given.every((arg) => arg === null || (arg instanceof Predicate ? isOfTexts(arg) : typeof arg === 'string'))
  );
}

function textOf(id: GValue): GValue {
  if (isNumber(id)) return numberText(id);
  return id instanceof Uuid ? id.value : id;
}

function noHolder(value: GValue): Error {
  return mistake('gremlin.type', `Traverser to has() must be of type Property or Element, not ${javaType(value)}`);
}
