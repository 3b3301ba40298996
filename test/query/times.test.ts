import { momentOfNumber, parseMoment, parseOffset } from '../../src/query/times.ts';

test.each([
  ['now', { kind: 'now' }],
  ['NOW', { kind: 'now' }],
  ['-0s', { kind: 'now' }],
  ['-5m', { kind: 'offset', ms: -300_000 }],
  ['-1h30m', { kind: 'offset', ms: -5_400_000 }],
  ['+2s', { kind: 'offset', ms: 2000 }],
  ['-2d', { kind: 'offset', ms: -172_800_000 }],
  ['-1.5s', { kind: 'offset', ms: -1500 }],
  ['rev:1234', { kind: 'revision', revision: 1234 }],
  ['1700000000', { kind: 'absolute', ms: 1_700_000_000_000 }],
  ['2026-01-31T12:00:00Z', { kind: 'absolute', ms: Date.UTC(2026, 0, 31, 12) }],
  ['2026-01-31T12:00:00.250+02:00', { kind: 'absolute', ms: Date.UTC(2026, 0, 31, 10, 0, 0, 250) }],
  ['2026-01-31 12:00:00Z', { kind: 'absolute', ms: Date.UTC(2026, 0, 31, 12) }],
  ['2026-01-31', { kind: 'absolute', ms: Date.UTC(2026, 0, 31) }],
  ['Sun, 06 Nov 2016 08:49:37 GMT', { kind: 'absolute', ms: Date.UTC(2016, 10, 6, 8, 49, 37) }],
])('%s is a moment', (text, moment) => {
  expect(parseMoment(text)).toEqual(moment);
});

test.each([
  '',
  'yesterday',
  '5',
  '-5',
  '5 m',
  'rev:',
  'rev:-1',
  '2026-13-45',
  '2026-01-31T12:00',
  'm',
  '-',
  '-5x',
  '12:00',
])('"%s" is no moment relative or written out', (text) => {
  const moment = parseMoment(text);
  // Plain digits are Unix time.
  if (text === '5') expect(moment).toEqual({ kind: 'absolute', ms: 5000 });
  else expect(moment).toBeUndefined();
});

test('numbers are seconds up to 2038 and milliseconds beyond', () => {
  expect(momentOfNumber(2_147_483_647)).toEqual({ kind: 'absolute', ms: 2_147_483_647_000 });
  expect(momentOfNumber(2_147_483_648)).toEqual({ kind: 'absolute', ms: 2_147_483_648 });
  expect(momentOfNumber(-1)).toBeUndefined();
});

test.each([
  ['1m0.5s', 60_500],
  ['+1h', 3_600_000],
  ['-1h', -3_600_000],
  ['0', 0],
  ['-0s', 0],
])('%s is a length of time', (text, ms) => {
  expect(parseOffset(text)).toBe(ms);
});
