/**
 * How values compare (TinkerPop's "Gremlin Semantics", 3.8): one total order over everything for order(); and for predicates
 * an order within one kind alone, where NaN and what is of another kind compare with nothing.
 */
import type { Element } from '../../../graph/element.ts';
import { compareNumbers, isNaNumber } from './arithmetic.ts';
import { GMap } from './collections.ts';
import { keyOf } from './identity.ts';
import { kindOf, kinds } from './kinds.ts';
import { membersOf } from './members.ts';
import { type AnyNumber, isNumber } from './num.ts';
import { areOfOneType, compareOthers } from './others.ts';
import { type DateTime, type GValue, type Property, Tree, type Uuid, type VertexProperty } from './value.ts';

/** Elements compare by their ids as users know them; without this by those of the graph below. */
export interface Ids {
  id(element: Element): GValue;
}

/** Less than zero: a comes before b. NaN is one with itself and comes behind all numbers. */
export function compareAll(a: GValue, b: GValue, ids?: Ids): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
    // One of them is no number, both are infinite, or one is -0.0, which Java puts before 0.
    return Object.is(a, b) ? 0 : compareZeros(a, b) || compareNumbers(a, b);
  }
  const kind = kindOf(a);
  const other = kindOf(b);
  if (kind !== other) return kind - other;
  switch (kind) {
    case kinds.nothing:
    case kinds.text:
      return 0;
    case kinds.boolean:
      return Number(a) - Number(b);
    case kinds.number:
      return compareNumbers(a as AnyNumber, b as AnyNumber);
    case kinds.date:
      return compareDates(a as DateTime, b as DateTime);
    case kinds.uuid:
      return compareUuids(a as Uuid, b as Uuid);
    case kinds.vertex:
    case kinds.edge:
      return compareAll(idOf(a as Element, ids), idOf(b as Element, ids), ids);
    case kinds.vertexProperty:
      return compareAll((a as VertexProperty).id, (b as VertexProperty).id, ids);
    case kinds.property:
      return (
        compareAll((a as Property).key, (b as Property).key) ||
        compareAll((a as Property).value, (b as Property).value, ids)
      );
    case kinds.path:
    case kinds.set:
    case kinds.list:
    case kinds.map:
    case kinds.mapEntry:
      return compareLists(parts(a, ids), parts(b, ids), ids);
    default:
      return compareOthers(a, b);
  }
}

/** `P.eq`: numbers of any type are equal by value, NaN is equal to nothing, and no kind to another. */
export function isEqual(a: GValue, b: GValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') {
    if (a === b) return a !== 0 || Object.is(a, b);
    return isNumber(a) && isNumber(b) && areEqualNumbers(a, b);
  }
  if (a === null || b === null) return a === b;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  switch (kind) {
    case kinds.number:
      return areEqualNumbers(a as AnyNumber, b as AnyNumber);
    case kinds.vertex:
    case kinds.edge:
      return (a as Element).id === (b as Element).id;
    case kinds.vertexProperty:
      return isEqual((a as VertexProperty).id, (b as VertexProperty).id);
    case kinds.property:
      return (a as Property).key === (b as Property).key && isEqual((a as Property).value, (b as Property).value);
    case kinds.path:
    case kinds.set:
    case kinds.list:
    case kinds.map: {
      const [left, right] = [parts(a), parts(b)];
      return left.length === right.length && left.every((part, at) => isEqual(part, right[at] as GValue));
    }
    case kinds.other:
      return keyOf(a) === keyOf(b);
    default:
      return compareAll(a, b) === 0;
  }
}

/** As compareAll within one kind; undefined where `P.gt` and its like say no to either order. */
export function compareAlike(a: GValue, b: GValue, ids?: Ids): number | undefined {
  return isComparable(a, b, ids) ? compareAll(a, b, ids) : undefined;
}

function isComparable(a: GValue, b: GValue, ids?: Ids): boolean {
  if (typeof a === 'string' || typeof b === 'string') return typeof a === typeof b;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  switch (kind) {
    case kinds.number:
      return !isNaNumber(a as AnyNumber) && !isNaNumber(b as AnyNumber);
    case kinds.vertex:
    case kinds.edge:
      return isComparable(idOf(a as Element, ids), idOf(b as Element, ids), ids);
    case kinds.vertexProperty:
      return isComparable((a as VertexProperty).id, (b as VertexProperty).id, ids);
    case kinds.property:
      return isComparable((a as Property).value, (b as Property).value, ids);
    case kinds.path:
    case kinds.set:
    case kinds.list:
    case kinds.map: {
      // As far as both go: a longer one comes behind.
      const right = parts(b, ids);
      return parts(a, ids).every((part, at) => at >= right.length || isComparable(part, right[at] as GValue, ids));
    }
    case kinds.other:
      return areOfOneType(a, b);
    default:
      return true;
  }
}

function compareZeros(a: number, b: number): number {
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}

function areEqualNumbers(a: AnyNumber, b: AnyNumber): boolean {
  return compareNumbers(a, b) === 0 && !isNaNumber(a);
}

/** Sets and maps have no order of their own: what is in them is compared in the order of values. A map's: key, value, key… */
function parts(value: GValue, ids?: Ids): readonly GValue[] {
  const map = value instanceof Tree ? value.entries : value;
  if (map instanceof GMap)
    return [...map].sort(([a, x], [b, y]) => compareAll(a, b, ids) || compareAll(x, y, ids)).flat() as GValue[];
  const items = [...(membersOf(value) ?? [])];
  return kindOf(value) === kinds.set ? items.sort((a, b) => compareAll(a, b, ids)) : items;
}

function compareLists(a: readonly GValue[], b: readonly GValue[], ids: Ids | undefined): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const order = compareAll(a[at] as GValue, b[at] as GValue, ids);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function idOf(element: Element, ids: Ids | undefined): GValue {
  return ids === undefined ? element.id : ids.id(element);
}

/** The earlier instant; then the earlier time on the clock there. */
function compareDates(a: DateTime, b: DateTime): number {
  return a.seconds - b.seconds || a.nanos - b.nanos || a.offset - b.offset;
}

/** Java compares its two halves as numbers with a sign. */
function compareUuids({ value: a }: Uuid, { value: b }: Uuid): number {
  return compareHalves(a.slice(0, 18), b.slice(0, 18)) || compareHalves(a.slice(19), b.slice(19));
}

function compareHalves(a: string, b: string): number {
  const signs = Number(a < '8') - Number(b < '8');
  return signs !== 0 ? signs : a < b ? -1 : a > b ? 1 : 0;
}
