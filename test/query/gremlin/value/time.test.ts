import fc from 'fast-check';
import { secondsMax } from '../../../../src/query/gremlin/value/calendar.ts';
import {
  dateTimeOf,
  dateTimeText,
  javaDateTimeOf,
  javaDateTimeText,
} from '../../../../src/query/gremlin/value/datetime.ts';
import { durationOf, durationText } from '../../../../src/query/gremlin/value/duration.ts';
import { DateTime, Duration } from '../../../../src/query/gremlin/value/value.ts';

test('durations are read as Java reads them', () => {
  expect(durationOf('PT20.345S')).toEqual(new Duration(20, 345_000_000));
  expect(durationOf('P2DT3H4M')).toEqual(new Duration(183_840));
  expect(durationOf('pt-6h3m')).toEqual(new Duration(-21_420));
  expect(durationOf('-PT0.5S')).toEqual(new Duration(-1, 500_000_000));
  expect(durationOf('PT-0.5S')).toEqual(new Duration(-1, 500_000_000));
  for (const text of ['', 'P', 'PT', 'P1DT', '1H', 'PT1X', 'P1Y']) expect(durationOf(text)).toBeUndefined();
});

test('durations are written as Java writes them', () => {
  expect(durationText(new Duration(0))).toBe('PT0S');
  expect(durationText(new Duration(86_400))).toBe('PT24H');
  expect(durationText(new Duration(-1, 500_000_000))).toBe('PT-0.5S');
  expect(durationText(new Duration(-3661))).toBe('PT-1H-1M-1S');
});

test('what is written is read as the same', () => {
  const seconds = fc.oneof(
    fc.integer({ min: -4_000_000_000, max: 4_000_000_000 }),
    // Beyond the years that Date has.
    fc.integer({ min: -secondsMax, max: secondsMax }),
  );
  const nanos = fc.integer({ min: 0, max: 999_999_999 });
  fc.assert(
    fc.property(seconds, nanos, (whole, rest) => {
      const duration = new Duration(whole, rest);
      expect(durationOf(durationText(duration))).toEqual(duration);
    }),
  );
  fc.assert(
    fc.property(seconds, nanos, fc.integer({ min: -72, max: 72 }), (whole, rest, quarters) => {
      const date = new DateTime(whole, rest, quarters * 900);
      expect(dateTimeOf(dateTimeText(date))).toEqual(date);
      expect(dateTimeOf(javaDateTimeText(date))).toEqual(date);
      expect(javaDateTimeOf(javaDateTimeText(date))).toEqual(date);
      expect(javaDateTimeOf(dateTimeText(date))).toEqual(date);
    }),
  );
});

test('dates are read as people write them, and as java.time does', () => {
  expect(dateTimeOf('2023-08')).toEqual(new DateTime(1_690_848_000));
  expect(javaDateTimeOf('2023-08')).toBeUndefined();
  expect(dateTimeOf('2023-08-02t00:00z')).toEqual(new DateTime(1_690_934_400));
  expect(javaDateTimeOf('2023-08-02T00:00z')).toBeUndefined();
  expect(javaDateTimeOf('2023-08-02T02:00+02:00[Europe/Berlin]')).toEqual(new DateTime(1_690_934_400, 0, 7200));
  for (const text of [
    '2023-02-29',
    '2023-13-01',
    '2023-08-02T24:00Z',
    '2023-08-02T00:00+18:01',
    '2023-08-02T00:00+01:60',
  ])
    for (const read of [dateTimeOf, javaDateTimeOf]) expect([text, read(text)]).toEqual([text, undefined]);
});
