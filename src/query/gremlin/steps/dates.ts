import { mistake } from '../../../std/mistake.ts';
import { given } from '../arguments/given.ts';
import { mapping } from '../forms/waiting.ts';
import { defineTraversalStep } from '../step.ts';
import { convert } from '../value/convert.ts';
import { dateTimeOf } from '../value/datetime.ts';
import { javaType } from '../value/java-type.ts';
import { type AnyNumber, isNumber, long, type NumType, numType, toNumber } from '../value/num.ts';
import { Token } from '../value/token.ts';
import { DateTime, type GValue } from '../value/value.ts';

export const asDate = defineTraversalStep({
  name: 'asDate',
  doc: 'A moment of a text as ISO 8601 has it, or of milliseconds since 1970.',
  args: '',
  count: [0, 0],
  example: { query: "g.inject('2023-08-02T00:00:00Z').asDate()", gives: ['2023-08-02T00:00Z'] },
  build: () => ({ kind: 'map', map: ({ value }) => parsed(value) }),
});

export const dateAdd = defineTraversalStep({
  name: 'dateAdd',
  doc: 'A moment so many seconds, minutes, hours or days later.',
  args: 'unit, count',
  count: [2, 2],
  example: {
    query: "g.inject('2023-08-02T00:00:00Z').asDate().dateAdd(DT.day, 1)",
    gives: ['2023-08-03T00:00Z'],
  },
  build(call, builder) {
    const [unit, count] = call.args;
    const size = unit instanceof Token && unit.type === 'DT' ? unitSeconds.get(unit.name) : undefined;
    if (size === undefined || !isNumber(count)) builder.wrong(call, 'dateAdd takes a unit (DT.day) and a whole number');
    const more = (size ?? 0) * (isNumber(count) ? Math.trunc(toNumber(count)) : 0);
    return {
      kind: 'map',
      map({ value }) {
        const { seconds, nanos, offset } = dateOf(value, 'dateAdd');
        return within(new DateTime(seconds + more, nanos, offset));
      },
    };
  },
});

export const dateDiff = defineTraversalStep({
  name: 'dateDiff',
  doc: 'Milliseconds from another moment to the one that comes.',
  args: 'moment or traversal',
  count: [1, 1],
  example: {
    query: "g.inject('2023-08-02T00:00:01Z').asDate().dateDiff(datetime('2023-08-02T00:00:00Z'))",
    gives: ['1000'],
  },
  build(call, builder) {
    const other = given(call.args[0], call, builder);
    return mapping({ isDirect: other.isDirect, mark: builder.mark }, function* (traverser, run) {
      const date = dateOf(traverser.value, 'dateDiff');
      const from = yield* other.ask(traverser, run);
      // Null is 1970.
      return long(msOf(date) - (from === null ? 0 : msOf(dateOf(from, 'dateDiff'))));
    });
  },
});

const unitSeconds: ReadonlyMap<string, number> = new Map([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
]);

function parsed(value: GValue): DateTime {
  if (value instanceof DateTime) return value;
  const date = typeof value === 'string' ? dateTimeOf(value) : isWhole(value) ? ofMilliseconds(value) : undefined;
  if (date !== undefined) return date;
  const what = typeof value === 'string' || value === null ? value : javaType(value);
  throw mistake('gremlin.date', `Can't parse ${what} as OffsetDateTime.`);
}

/** A fraction of a millisecond is no date. */
function isWhole(value: GValue): value is AnyNumber {
  return isNumber(value) && !fractions.has(numType(value));
}

const fractions: ReadonlySet<NumType> = new Set(['float', 'double', 'bigdecimal']);

function ofMilliseconds(value: AnyNumber): DateTime | undefined {
  const ms = convert(value, 'long');
  if (ms === undefined) return undefined;
  const whole = toNumber(ms);
  if (Math.abs(whole) > MS_MAX) return undefined;
  const seconds = Math.floor(whole / 1000);
  return new DateTime(seconds, (whole - seconds * 1000) * 1_000_000);
}

/** What a date can be written as. */
const MS_MAX = 8.64e15;

function within(date: DateTime): DateTime {
  if (Math.abs(date.seconds) * 1000 <= MS_MAX) return date;
  throw mistake('gremlin.date', 'no date is that far from now');
}

function dateOf(value: GValue, name: 'dateAdd' | 'dateDiff'): DateTime {
  if (value instanceof DateTime) return value;
  throw mistake(
    'gremlin.type',
    name === 'dateAdd'
      ? 'dateAdd() accept only OffsetDateTime or Date (deprecated).'
      : `DateDiff can only take OffsetDateTime or Date (deprecated) as argument, encountered ${javaType(value)}`,
  );
}

/** Since 1970. */
export function msOf({ seconds, nanos }: DateTime): number {
  return seconds * 1000 + Math.floor(nanos / 1_000_000);
}
