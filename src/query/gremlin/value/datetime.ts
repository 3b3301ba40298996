/** Dates as ISO 8601 writes them: `2023-08-02`, `2023-08-02T01:02:03.5+02:00`. Without an offset they are UTC, as TinkerPop has it. */
import { DateTime } from './value.ts';

export function dateTimeOf(text: string): DateTime | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const days = daysOf(Number(year), Number(month), Number(day));
  const offset = offsetOf(zone);
  if (days === undefined || offset === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return new DateTime(seconds, Number(fraction.padEnd(9, '0')), offset);
}

/** The same the other way. */
export function dateTimeText({ seconds, nanos, offset }: DateTime): string {
  const local = new Date((seconds + offset) * 1000).toISOString().slice(0, -'.000Z'.length);
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `${local}${fraction}${offset === 0 ? 'Z' : offsetText(offset)}`;
}

/** As Java's OffsetDateTime.toString: seconds that are zero are left out, a fraction has three, six or nine digits. */
export function javaDateTimeText({ seconds, nanos, offset }: DateTime): string {
  const local = new Date((seconds + offset) * 1000).toISOString().slice(0, -'.000Z'.length);
  const text = nanos === 0 && local.endsWith(':00') ? local.slice(0, -':00'.length) : local;
  const digits = String(nanos).padStart(9, '0');
  const kept = nanos % 1_000_000 === 0 ? 3 : nanos % 1000 === 0 ? 6 : 9;
  const fraction = nanos === 0 ? '' : `.${digits.slice(0, kept)}`;
  return `${text}${fraction}${offset === 0 ? 'Z' : offsetText(offset)}`;
}

const shape =
  /^([-+]?\d{4,6})-(\d\d)(?:-(\d\d))?(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s?([Zz]|[-+]\d\d(?::?\d\d(?::?\d\d)?)?)?$/;

/** Days since 1970 of a day there is. */
function daysOf(year: number, month: number, day: number): number | undefined {
  // The calendar repeats after 400 years, and Date.UTC takes 99 for 1999.
  const time = Date.UTC(2000 + (((year % 400) + 400) % 400), month - 1, day);
  const date = new Date(time);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const days = time / 86_400_000 + (Math.floor(year / 400) - 5) * 146_097;
  return Math.abs(days) <= DAYS_MAX ? days : undefined;
}

/** What Date can say. */
const DAYS_MAX = 99_999_998;

function offsetOf(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (zone.slice(1).match(/\d\d/g) ?? []).map(Number);
  const size = hours * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || size > 18 * 3600) return undefined;
  return zone[0] === '-' ? -size : size;
}

function offsetText(offset: number): string {
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  if (parts[2] === '00') parts.pop();
  return (offset < 0 ? '-' : '+') + parts.join(':');
}
