import { drawBytes, drawDuration, drawTime } from '../../src/cli/moment.ts';
import { urlOf } from '../../src/cli/server.ts';
import { fromSkydive } from '../../src/cli/skydive.ts';
import { whenLiteral } from '../../src/cli/when.ts';

const now = new Date(2026, 10, 21, 12).getTime();

test.each([
  ['-5m', "'-5m'"],
  ['5m', "'-5m'"],
  ['1h30m', "'-1h30m'"],
  ['2d', "'-2d'"],
  ['1w', "'-1w'"],
  ['+1h', "'1h'"],
  ['-90s', "'-90s'"],
  ['250ms', "'-250ms'"],
  ['0s', "'-0s'"],
  ['now', 'NOW'],
  ['rev:1234', "'rev:1234'"],
  ['1795265590', '1795265590'],
  ['1795265590812', '1795265590812'],
  ['2026-11-21T10:30:00Z', String(Date.UTC(2026, 10, 21, 10, 30))],
  ['2026-11-21T10:30:00+02:00', String(Date.UTC(2026, 10, 21, 8, 30))],
  ['Sun, 06 Nov 2016 08:49:37 GMT', String(Date.UTC(2016, 10, 6, 8, 49, 37))],
  ['2026-11-20', String(new Date(2026, 10, 20).getTime())],
  ['2026-11-20 08:15', String(new Date(2026, 10, 20, 8, 15).getTime())],
  ['10:30', String(new Date(2026, 10, 21, 10, 30).getTime())],
  ['9:05:07', String(new Date(2026, 10, 21, 9, 5, 7).getTime())],
])('the time %s is %s to the server', (text, literal) => {
  expect(whenLiteral(text, now)).toBe(literal);
});

test.each(['', 'soon', '5', '5x', '-', 'rev:', "now')", '2026-13-45T00:00:00Z', '1h-5m'])('%j is no time', (text) => {
  expect(() => whenLiteral(text, now)).toThrow('is no time');
});

test('times are shown with their zone, durations by their two largest units', () => {
  expect(drawTime(Date.UTC(2026, 10, 21, 10, 30), { utc: true })).toBe('2026-11-21 10:30:00Z');
  expect(drawTime(Date.UTC(2026, 10, 21, 10, 30, 0, 250), { utc: true })).toBe('2026-11-21 10:30:00.250Z');
  expect(drawTime(now, { utc: false })).toMatch(/^2026-11-21 12:00:00 [+-]\d\d:\d\d$/);
  expect(
    Date.parse(
      drawTime(now, { utc: false })
        .replace(/ ([+-])/, '$1')
        .replace(' ', 'T'),
    ),
  ).toBe(now);
  expect([250, 5_000, 65_000, 3_600_000, 100_000_000].map(drawDuration)).toEqual([
    '250ms',
    '5s',
    '1m 5s',
    '1h',
    '1d 3h',
  ]);
  expect([0, 999, 1500, 123_456_789].map(drawBytes)).toEqual(['0 B', '999 B', '1.5 kB', '123 MB']);
});

test.each([
  ['http://127.0.0.1:8082/', 'http://127.0.0.1:8082'],
  ['analyzer', 'http://analyzer:8082'],
  ['analyzer:9082', 'http://analyzer:9082'],
  [':9000', 'http://127.0.0.1:9000'],
  ['[::1]:8082', 'http://[::1]:8082'],
  ['https://skein.example.org/lab/', 'https://skein.example.org/lab'],
  ['https://skein.example.org', 'https://skein.example.org'],
])('the server %s is at %s', (text, url) => {
  expect(urlOf(text)).toBe(url);
});

test.each([
  [
    ['client', 'status'],
    ['status', '--output=json'],
  ],
  [['client', 'version'], ['version']],
  [
    ['query', 'client'],
    ['query', 'client'],
  ],
  [
    ['client', 'query', 'G'],
    ['query', 'G', '--format=json'],
  ],
  [
    ['client', 'query', 'G', '--format', 'dot'],
    ['query', 'G', '--format', 'dot'],
  ],
  [
    ['client', 'injection', 'create', '--src', 'G.V()'],
    ['injection', 'create', '--src', 'G.V()', '--output=skydive'],
  ],
  [
    ['client', 'injection', 'delete', 'some'],
    ['injection', 'delete', 'some'],
  ],
  [
    ['--analyzer', 'h:1', 'client', 'query', '--gremlin', 'G', '-o', 'table'],
    ['--analyzer', 'h:1', 'query', 'G', '-o', 'table'],
  ],
])("Skydive's words %j are %j here", (words, ours) => {
  expect(fromSkydive(words)).toEqual(ours);
});
