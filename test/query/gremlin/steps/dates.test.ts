import { ask } from '../asked.ts';
import { shown } from '../shown.ts';

test('moments are read of ISO 8601 and of milliseconds', async () => {
  expect(await shown("g.inject('2023-08-02T00:00:00-07:00').asDate()")).toEqual(['2023-08-02T00:00-07:00']);
  expect(await shown('g.inject(1694017707000, 1694017709000n, -1L).asDate()')).toEqual([
    '2023-09-06T16:28:27Z',
    '2023-09-06T16:28:29Z',
    '1969-12-31T23:59:59.999Z',
  ]);
  for (const what of ["'no date'", 'null', '[1, 2]', "'2023-02-30T00:00:00Z'", 'NaN', '1694017709000.1d', '1.0m'])
    await expect(ask(`g.inject(${what}).asDate()`)).rejects.toThrow("Can't parse");
});

test('they are moved and compared, whatever their offset', async () => {
  const date = "datetime('2023-08-02T00:00:00+02:00')";
  expect(await shown(`g.inject(${date}).dateAdd(DT.hour, 2)`)).toEqual(['2023-08-02T02:00+02:00']);
  expect(await shown(`g.inject(${date}).dateAdd(DT.day, -1)`)).toEqual(['2023-08-01T00:00+02:00']);
  expect(await shown(`g.inject(${date}).dateDiff(datetime('2023-08-02T00:00:00Z'))`)).toEqual(['-7200000l']);
  expect(await shown(`g.inject(${date}).dateDiff(constant(datetime('2023-08-01T21:59:59Z')))`)).toEqual(['1000l']);
  expect(await shown("g.inject(datetime('1970-01-01T00:00:01Z')).dateDiff(constant(null))")).toEqual(['1000l']);
  await expect(ask('g.inject(1).dateAdd(DT.day, 1)')).rejects.toThrow('dateAdd() accept only OffsetDateTime');
  await expect(ask(`g.inject(${date}).dateAdd(DT.day, 1000000000)`)).rejects.toThrow('no date is that far');
});
