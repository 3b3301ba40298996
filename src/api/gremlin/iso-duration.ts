/** Durations as java.time.Duration writes and reads them: `PT1H1M1.5S`, `PT-0.5S`, `P2DT3H`. */
import { Duration } from '../../query/gremlin/value/value.ts';

export function durationText({ seconds, nanos }: Duration): string {
  if (seconds === 0 && nanos === 0) return 'PT0S';
  // All parts have one sign: of -1 s and 5 ns it is minus 0.999999995.
  const isNegative = seconds < 0;
  const whole = isNegative && nanos > 0 ? seconds + 1 : seconds;
  const rest = isNegative && nanos > 0 ? 1e9 - nanos : nanos;
  const away = Math.abs(whole);
  const sign = isNegative ? '-' : '';
  const part = (value: number, unit: string): string => (value === 0 ? '' : `${sign}${value}${unit}`);
  const last = away % 60;
  const fraction = rest === 0 ? '' : `.${rest.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `PT${part(Math.floor(away / 3600), 'H')}${part(Math.floor(away / 60) % 60, 'M')}${last === 0 && rest === 0 ? '' : `${sign}${last}${fraction}S`}`;
}

/** Undefined for what is none, and for one too long to be told in whole seconds. */
export function durationOf(text: string): Duration | undefined {
  const found = isoDuration.exec(text);
  if (found === null || text.endsWith('P') || text.endsWith('T')) return undefined;
  const [, all, days = '0', hours = '0', minutes = '0', sign = '', seconds = '0', fraction = ''] = found;
  const factor = all === '-' ? -1 : 1;
  const whole = Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(`${sign}${seconds}`);
  const nanos = Number(fraction.padEnd(9, '0')) * (sign === '-' ? -1 : 1);
  return Number.isSafeInteger(whole) ? durationFrom(whole * factor, nanos * factor) : undefined;
}

const isoDuration =
  /^([+-]?)P(?:([+-]?\d{1,16})D)?(?:T(?:([+-]?\d{1,16})H)?(?:([+-]?\d{1,16})M)?(?:([+-]?)(\d{1,16})(?:[.,](\d{0,9}))?S)?)?$/;

function durationFrom(seconds: number, nanos: number): Duration {
  return nanos < 0 ? new Duration(seconds - 1, nanos + 1e9) : new Duration(seconds + 0, nanos + 0);
}
