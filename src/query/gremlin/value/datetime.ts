/** Moments as ISO 8601 writes them: `2023-08-02`, `2023-08-02T01:02:03.5+02:00`. Without an offset they are UTC, as TinkerPop has it. */
import { dateText, dateTimeAt, localOf, offsetOf, offsetText, timeText, two } from './calendar.ts';
import type { DateTime } from './value.ts';

/** As people write them: the day, the clock and its seconds may be absent. */
export function dateTimeOf(text: string): DateTime | undefined {
  return readAs(written, text);
}

/** As java.time's own types write them: with an offset, a zone after it, neither, or a date alone. */
export function javaDateTimeOf(text: string): DateTime | undefined {
  return readAs(printed, text);
}

/** The clock to its seconds, and what of a fraction there is. */
export function dateTimeText(at: DateTime): string {
  const local = localOf(at);
  const minutes = Math.floor(local.seconds / 60);
  const clock = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(local.seconds % 60)}`;
  const fraction = at.nanos === 0 ? '' : `.${String(at.nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `${dateText(local)}T${clock}${fraction}${offsetText(at.offset)}`;
}

/** As OffsetDateTime.toString: `2024-02-29T12:34Z`, `2024-02-29T12:34:56.789+01:00`. */
export function javaDateTimeText(at: DateTime): string {
  const local = localOf(at);
  return `${dateText(local)}T${timeText(local)}${offsetText(at.offset)}`;
}

const written =
  /^([-+]?\d{4,9})-(\d\d)(?:-(\d\d))?(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s?([Zz]|[-+]\d\d(?::?\d\d(?::?\d\d)?)?)?$/;

const printed =
  /^([+-]?\d{4,9})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?(?:\[[^\]]*\])?)?$/;

/** Undefined for a day, a clock or an offset that there is not. */
function readAs(shape: RegExp, text: string): DateTime | undefined {
  const found = shape.exec(text);
  if (found === null) return undefined;
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found;
  const offset = offsetOf(zone);
  if (offset === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return dateTimeAt(
    {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      seconds: Number(hour) * 3600 + Number(minute) * 60 + Number(second),
      nanos: Number(fraction.padEnd(9, '0')),
    },
    offset,
  );
}
