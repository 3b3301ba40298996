/** Which conditions the server can be asked: those that only let certain values of searched fields pass. */
import { bothEnds, canonicalField } from '../../../flow/fields.ts';
import type { FlowCondition, FlowTest, Span } from '../../../flow/view.ts';
import { searchedFields, TEXT_MAX } from './mapping.ts';

/** Values in one condition; the server takes 65,536 (index.max_terms_count). */
const VALUES_MAX = 10_000;

export interface Pushable {
  /** Of `bool.filter`. */
  readonly filter: readonly object[];
  /** What is still to be tested. */
  readonly rest: readonly FlowCondition[];
}

export function pushable(where: readonly FlowCondition[]): Pushable {
  const filter: object[] = [];
  const rest: FlowCondition[] = [];
  for (const condition of where) {
    const terms = condition.anyOf.map(termsOf);
    if (terms.includes(undefined)) rest.push(condition);
    else filter.push(anyOf(terms.flatMap((of) => of ?? [])));
  }
  return { filter, rest };
}

export function overlapping({ from, to }: Span): object[] {
  return [{ range: { Start: { lte: clamp(to) } } }, { range: { Last: { gte: clamp(from) } } }];
}

/** Longs of the server end later than ours. */
export function clamp(time: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, time));
}

function anyOf(terms: readonly object[]): object {
  if (terms.length === 0) return { match_none: {} };
  return terms.length === 1 ? (terms[0] as object) : { bool: { should: terms, minimum_should_match: 1 } };
}

/** Of one test, to be met by one of them; undefined: the server cannot say. */
function termsOf({ field, equals }: FlowTest): object[] | undefined {
  const name = canonicalField(field);
  if (!equals || equals.length > VALUES_MAX) return undefined;
  const names = bothEnds.has(name) ? [`${name}.A`, `${name}.B`] : [name];
  const terms: object[] = [];
  for (const each of names) {
    const kind = searchedFields.get(each);
    if (!kind) return undefined;
    if (equals.some((value) => typeof value === 'string' && value.length > TEXT_MAX)) return undefined;
    // What is of another type equals nothing that lies there.
    const values = [...new Set(equals.filter((value) => isOf(kind, value)))];
    if (values.length > 0) terms.push({ terms: { [each]: values } });
  }
  return terms;
}

function isOf(kind: 'text' | 'number' | 'boolean', value: string | number | boolean): boolean {
  if (kind === 'number') return Number.isSafeInteger(value);
  return typeof value === (kind === 'text' ? 'string' : 'boolean');
}
