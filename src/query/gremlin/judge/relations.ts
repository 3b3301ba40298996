/**
 * What a predicate says of two values: `eq`, `gt`, `startingWith`… In TinkerPop 3.8 each says yes or no; what does not
 * compare is a no, and its negation a yes.
 */
import { mistake } from '../../../std/mistake.ts';
import { didYouMean } from '../../../std/nearest.ts';
import { compileFinder } from '../../pattern.ts';
import { compareAlike, type Ids, isEqual } from '../value/compare.ts';
import { javaType } from '../value/java-type.ts';
import { membersOf } from '../value/members.ts';
import type { GValue } from '../value/value.ts';
import { typeTest } from './type-of.ts';

/** The value that is asked about, what the predicate was given, and by what elements compare. */
export type Relation = (value: GValue, given: GValue, ids?: Ids) => boolean;

/** Throws a Mistake where there is none. */
export function relationNamed(name: string): Relation {
  const found = relations.get(name);
  if (found !== undefined) return found;
  throw mistake('gremlin.predicate', `no predicate named "${name}"`, didYouMean(name, relations.keys()));
}

const relations: ReadonlyMap<string, Relation> = new Map<string, Relation>([
  ['eq', isEqual],
  ['neq', (value, given) => !isEqual(value, given)],
  ['gt', ordered((order) => order > 0)],
  ['gte', ordered((order) => order >= 0)],
  ['lt', ordered((order) => order < 0)],
  ['lte', ordered((order) => order <= 0)],
  ['within', isWithin],
  ['without', (value, given) => !isWithin(value, given)],
  ['startingWith', ofTexts((text, part) => text.startsWith(part))],
  ['notStartingWith', ofTexts((text, part) => !text.startsWith(part), true)],
  ['endingWith', ofTexts((text, part) => text.endsWith(part))],
  ['notEndingWith', ofTexts((text, part) => !text.endsWith(part), true)],
  ['containing', ofTexts((text, part) => text.includes(part))],
  ['notContaining', ofTexts((text, part) => !text.includes(part), true)],
  ['regex', ofTexts((text, part) => finderOf(part)(text))],
  ['notRegex', ofTexts((text, part) => !finderOf(part)(text), true)],
  ['typeOf', (value, given) => typeTest(given)(value)],
]);

/** Whether a pattern is found anywhere in a text. Throws a Mistake for what is no pattern. */
export function finderOf(source: string): (text: string) => boolean {
  const finder = compileFinder(source);
  if (typeof finder !== 'string') return finder;
  throw mistake('gremlin.regex', `this is no regular expression: ${finder}`);
}

function ordered(holds: (order: number) => boolean): Relation {
  return (value, given, ids) => {
    const order = compareAlike(value, given, ids);
    return order !== undefined && holds(order);
  };
}

function isWithin(value: GValue, given: GValue): boolean {
  for (const item of membersOf(given) ?? [given]) if (isEqual(value, item)) return true;
  return false;
}

function ofTexts(holds: (text: string, part: string) => boolean, otherwise = false): Relation {
  return (value, given) => (isText(value) && typeof given === 'string' ? holds(value, given) : otherwise);
}

/** Null is no text; what is neither cannot be asked about its text. */
export function isText(value: GValue): value is string {
  if (typeof value === 'string') return true;
  if (value === null) return false;
  throw mistake('gremlin.type', `${javaType(value)} cannot be cast to String`, 'make a text of it first: asString()');
}
