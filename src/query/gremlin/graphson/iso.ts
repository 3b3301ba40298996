/** Dates and durations as ISO 8601 writes them: `2023-08-02T00:00:00.5+02:00`, `P1DT2H3.5S`. */
import { DateTime, Duration } from '../value/value.ts';

const DATE =
  /^([+-]?\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)(\[[^\]]{1,64}\])?$/;
const DURATION =
  /^([+-]?)P(?:([+-]?\d{1,12})D)?(?:T(?:([+-]?\d{1,15})H)?(?:([+-]?\d{1,15})M)?(?:([+-]?)(\d{1,15})(?:[.,](\d{1,9}))?S)?)?$/i;

/** Undefined for what is no date with its offset. */
export function dateTimeFrom(text: string): DateTime | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = ''] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = offsetOf(match[8] as string);
  const local = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return new DateTime(local - offset, Number(fraction.padEnd(9, '0')), offset);
}

export function dateTimeText({ seconds, nanos, offset }: DateTime): string {
  const local = new Date((seconds + offset) * 1000);
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  const year = local.getUTCFullYear();
  const sign = year < 0 ? '-' : year > 9999 ? '+' : '';
  const day = [Math.abs(year).toString().padStart(4, '0'), two(local.getUTCMonth() + 1), two(local.getUTCDate())].join(
    '-',
  );
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
  return `${sign}${day}T${time}${fraction}${offsetText(offset)}`;
}

/** Undefined for what is none of days and less. */
export function durationFrom(text: string): Duration | undefined {
  const match = DURATION.exec(text);
  if (!match || /[PT]$/i.test(text)) return undefined;
  const [, sign, days = '0', hours = '0', minutes = '0', secondSign, whole = '0', fraction = ''] = match;
  const part = Number(fraction.padEnd(9, '0'));
  const own = secondSign === '-' ? -1 : 1;
  const turn = sign === '-' ? -1 : 1;
  const seconds = turn * (Number(days) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + own * Number(whole));
  const nanos = turn * own * part;
  return nanos < 0 ? new Duration(seconds - 1, nanos + 1e9) : new Duration(seconds, nanos);
}

/** As Java prints it: hours, minutes and seconds. */
export function durationText({ seconds, nanos }: Duration): string {
  // The nanos count up, also from a negative whole.
  const isNegative = seconds < 0;
  const whole = isNegative && nanos > 0 ? seconds + 1 : seconds;
  const part = isNegative && nanos > 0 ? 1e9 - nanos : nanos;
  const [hours, minutes, rest] = [Math.trunc(whole / 3600), Math.trunc((whole % 3600) / 60), whole % 60];
  const fraction = part === 0 ? '' : `.${String(part).padStart(9, '0').replace(/0+$/, '')}`;
  const sign = isNegative && rest === 0 && part > 0 ? '-' : '';
  const last = rest === 0 && part === 0 ? '' : `${sign}${rest}${fraction}S`;
  const all = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${last}`;
  return all === '' ? 'PT0S' : `PT${all}`;
}

function offsetOf(text: string): number {
  if (text === 'Z') return 0;
  const [hours = '0', minutes = '0', seconds = '0'] = text.slice(1).match(/\d\d/g) ?? [];
  const value = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return text.startsWith('-') ? -value : value;
}

function offsetText(offset: number): string {
  if (offset === 0) return 'Z';
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor((size % 3600) / 60), size % 60];
  if (parts[2] === 0) parts.pop();
  return `${offset < 0 ? '-' : '+'}${parts.map(two).join(':')}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
