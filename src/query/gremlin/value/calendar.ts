/** Days and clocks of the proleptic Gregorian calendar, as java.time counts and writes them (ISO 8601): far beyond what Date reaches. */
import { DateTime } from './value.ts';

export interface Local {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Since midnight. */
  readonly seconds: number;
  readonly nanos: number;
}

/** Beyond it a count of seconds is no longer exact in a number. */
export const yearMax = 280_000_000;

/** From the epoch, and still within those years wherever a clock stands. */
export const secondsMax = (yearMax - 2000) * 31_556_952;

/** Undefined for a day that is not in the calendar. `offset`: seconds east of UTC, up to 18 hours. */
export function dateTimeAt({ year, month, day, seconds, nanos }: Local, offset: number): DateTime | undefined {
  if (!Number.isInteger(year) || Math.abs(year) > yearMax || month < 1 || month > 12) return undefined;
  if (day < 1 || day > daysIn(year, month) || seconds < 0 || seconds >= dayS || nanos < 0 || nanos >= 1e9)
    return undefined;
  if (Math.abs(offset) > offsetMax) return undefined;
  return new DateTime(daysSinceEpoch(year, month, day) * dayS + seconds - offset, nanos, offset);
}

/** What a clock there shows. */
export function localOf({ seconds, nanos, offset }: DateTime): Local {
  const local = seconds + offset;
  const days = Math.floor(local / dayS);
  return { ...civil(days), seconds: local - days * dayS, nanos };
}

/** `12:34`, `12:34:56`, `12:34:56.789`. */
export function timeText({ seconds, nanos }: Pick<Local, 'seconds' | 'nanos'>): string {
  const minutes = Math.floor(seconds / 60);
  const text = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return seconds % 60 === 0 && nanos === 0 ? text : `${text}:${two(seconds % 60)}${fractionText(nanos)}`;
}

export function dateText({ year, month, day }: Pick<Local, 'year' | 'month' | 'day'>): string {
  return `${yearText(year)}-${two(month)}-${two(day)}`;
}

export function yearText(year: number): string {
  const digits = Math.abs(year).toString().padStart(4, '0');
  return year < 0 ? `-${digits}` : year > 9999 ? `+${digits}` : digits;
}

/** `Z`, `+01:00`, `-02:30:15`. */
export function offsetText(offset: number): string {
  if (offset === 0) return 'Z';
  const away = Math.abs(offset);
  const text = `${offset < 0 ? '-' : '+'}${two(Math.floor(away / 3600))}:${two(Math.floor(away / 60) % 60)}`;
  return away % 60 === 0 ? text : `${text}:${two(away % 60)}`;
}

/** Of `Z`, `+01`, `+0130`, `-02:30:15`: seconds east of UTC. */
export function offsetOf(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).match(/\d\d/g) ?? []).map(Number);
  const size = hours * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || size > offsetMax) return undefined;
  return text[0] === '-' ? 0 - size : size;
}

/** By threes, as java.time does. */
function fractionText(nanos: number): string {
  if (nanos === 0) return '';
  const digits = nanos.toString().padStart(9, '0');
  return `.${digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
}

const dayS = 86_400;
const offsetMax = 18 * 3600;

export const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

// Both count years from March, so that the leap day is a year's last: then days of months are a straight line.
function daysSinceEpoch(year: number, month: number, day: number): number {
  const march = month <= 2 ? year - 1 : year;
  const era = Math.floor(march / 400);
  const ofEra = march - era * 400;
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

function civil(days: number): { year: number; month: number; day: number } {
  const sinceMarch = days + 719_468;
  const era = Math.floor(sinceMarch / 146_097);
  const ofEra = sinceMarch - era * 146_097;
  const years = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: era * 400 + years + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}
