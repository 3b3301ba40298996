/** java.time: moments become DateTime; what has no place in the value model (a month without a year) becomes its ISO 8601 text. */

import {
  dateText,
  dateTimeAt,
  type Local,
  offsetText,
  secondsMax,
  timeText,
  two,
  yearText,
} from '../../../query/gremlin/value/calendar.ts';
import { DateTime, Duration, type GValue } from '../../../query/gremlin/value/value.ts';
import { ipText } from '../../../std/addresstext.ts';
import type { BytesIn } from './bytes-in.ts';
import { type } from './type-codes.ts';

/** Undefined for other types. */
export function readTime(code: number, from: BytesIn): GValue | undefined {
  switch (code) {
    case type.date:
    case type.timestamp:
      return fromMillis(from);
    case type.instant:
      return fromEpoch(from);
    case type.duration:
      return readDuration(from);
    case type.localDate:
      return moment({ ...readDate(from), seconds: 0, nanos: 0 }, 0, from);
    case type.localDateTime:
      return moment(readLocal(from), 0, from);
    case type.offsetDateTime:
    case type.zonedDateTime: {
      const local = readLocal(from);
      return moment(local, from.int32(), from);
    }
    case type.localTime:
      return timeText(readClock(from));
    case type.offsetTime:
      return timeText(readClock(from)) + offsetText(readOffset(from));
    case type.zoneOffset:
      return offsetText(readOffset(from));
    case type.monthDay:
      return `--${two(from.byte())}-${two(from.byte())}`;
    case type.year:
      return yearText(from.int32());
    case type.yearMonth:
      return `${yearText(from.int32())}-${two(from.byte())}`;
    case type.period:
      return periodText(from.int32(), from.int32(), from.int32());
    case type.inetAddress: {
      const { at } = from;
      const bytes = from.raw(from.count(1, 'an address'));
      if (bytes.length !== 4 && bytes.length !== 16) throw from.bad('an address has 4 or 16 bytes', at);
      return ipText(bytes);
    }
    default:
      return undefined;
  }
}

function fromMillis(from: BytesIn): DateTime {
  const { at } = from;
  const millis = from.safeInt64('a date');
  const seconds = Math.floor(millis / 1000);
  return sinceEpoch(seconds, (millis - seconds * 1000) * 1e6, from, at);
}

function fromEpoch(from: BytesIn): DateTime {
  const { at } = from;
  return sinceEpoch(from.safeInt64('an instant'), readNanos(from), from, at);
}

function sinceEpoch(seconds: number, nanos: number, from: BytesIn, at: number): DateTime {
  if (Math.abs(seconds) > secondsMax) throw from.bad('a date out of range', at);
  return new DateTime(seconds, nanos, 0);
}

function readDuration(from: BytesIn): Duration {
  return new Duration(from.safeInt64('a duration'), readNanos(from));
}

function readNanos(from: BytesIn): number {
  const { at } = from;
  const nanos = from.int32();
  if (nanos < 0 || nanos >= 1e9) throw from.bad(`nanoseconds of ${nanos}`, at);
  return nanos;
}

function readDate(from: BytesIn): Pick<Local, 'year' | 'month' | 'day'> {
  return { year: from.int32(), month: from.byte(), day: from.byte() };
}

function readClock(from: BytesIn): Pick<Local, 'seconds' | 'nanos'> {
  const { at } = from;
  const nanos = from.safeInt64('a time of day');
  if (nanos < 0 || nanos >= 86_400e9) throw from.bad('a time of day out of range', at);
  const seconds = Math.floor(nanos / 1e9);
  return { seconds, nanos: nanos - seconds * 1e9 };
}

function readLocal(from: BytesIn): Local {
  const date = readDate(from);
  return { ...date, ...readClock(from) };
}

function readOffset(from: BytesIn): number {
  const { at } = from;
  const offset = from.int32();
  if (Math.abs(offset) > 18 * 3600) throw from.bad(`an offset of ${offset} seconds`, at);
  return offset;
}

function moment(local: Local, offset: number, from: BytesIn): DateTime {
  const found = dateTimeAt(local, offset);
  if (found === undefined) throw from.bad(`no such date: ${dateText(local)}`);
  return found;
}

/** `P1Y2M3D`. */
function periodText(years: number, months: number, days: number): string {
  const text = `${years === 0 ? '' : `${years}Y`}${months === 0 ? '' : `${months}M`}${days === 0 ? '' : `${days}D`}`;
  return text === '' ? 'P0D' : `P${text}`;
}
