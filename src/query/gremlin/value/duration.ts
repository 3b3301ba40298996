/** Lengths of time as ISO 8601 and Java's Duration write them: `PT8H6M12.345S`, `P2DT3H`. */
import { Duration } from './value.ts';

/** Java's largest: Long.MAX_VALUE seconds; ours are what a number counts exactly. */
export function durationOf(text: string): Duration | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, sign, days, time, hours, minutes, second, fraction = ''] = match;
  if (days === undefined && time === undefined) return undefined;
  if (time === 'T' || time === 't') return undefined;
  const whole =
    Number(days ?? 0) * 86_400 +
    Number(hours ?? 0) * 3600 +
    Number(minutes ?? 0) * 60 +
    Math.trunc(Number(second ?? 0));
  if (!Number.isSafeInteger(whole)) return undefined;
  const isBehindZero = second?.startsWith('-') === true;
  const nanos = Number(fraction.padEnd(9, '0')) * (isBehindZero ? -1 : 1);
  return sign === '-' ? normal(-whole, -nanos) : normal(whole, nanos);
}

export function durationText({ seconds, nanos }: Duration): string {
  if (seconds === 0 && nanos === 0) return 'PT0S';
  // Java counts the nanos up from the seconds below; what is written counts away from zero.
  const isNegative = seconds < 0;
  const whole = isNegative && nanos > 0 ? seconds + 1 : seconds;
  const rest = isNegative && nanos > 0 ? 1_000_000_000 - nanos : nanos;
  const hours = Math.trunc(whole / 3600);
  const minutes = Math.trunc((whole % 3600) / 60);
  const second = whole % 60;
  let text = 'PT';
  if (hours !== 0) text += `${hours}H`;
  if (minutes !== 0) text += `${minutes}M`;
  if (second === 0 && rest === 0) return text;
  text += isNegative && second === 0 && rest > 0 ? '-0' : String(second + 0);
  if (rest > 0) text += `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
  return `${text}S`;
}

const shape =
  /^([-+]?)[Pp](?:([-+]?\d{1,15})[Dd])?([Tt](?:([-+]?\d{1,15})[Hh])?(?:([-+]?\d{1,15})[Mm])?(?:([-+]?\d{1,15})(?:[.,](\d{1,9}))?[Ss])?)?$/;

function normal(seconds: number, nanos: number): Duration {
  return nanos < 0 ? new Duration(seconds - 1, nanos + 1_000_000_000) : new Duration(seconds + 0, nanos + 0);
}
