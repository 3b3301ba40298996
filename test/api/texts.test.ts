import { expect, test } from '@jest/globals';
import { mistakeText } from '../../src/api/mistake-text.ts';
import { Rate } from '../../src/api/rate.ts';
import { Mistake } from '../../src/std/mistake.ts';

test('a mistake shows its line, a caret under the place, and what would do', () => {
  const faults = [{ code: 'x', message: 'no step named "Dedub"', from: 6, to: 11, hint: 'did you mean Dedup?' }];
  expect(mistakeText(new Mistake(faults, "G.V().Dedub('Type')"))).toBe(
    `no step named "Dedub"\n  G.V().Dedub('Type')\n        ^^^^^ did you mean Dedup?\n`,
  );
});

test('in a text of several lines only the one with the mistake is shown', () => {
  const text = mistakeText(new Mistake([{ code: 'x', message: 'm', from: 10, to: 12 }], 'G.V()\n .Oops()\n .Out()'));
  expect(text).toBe('m\n   .Oops()\n      ^^\n');
});

test('a long line is shown around the place', () => {
  const input = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
  const [, line = '', caret = ''] = mistakeText(
    new Mistake([{ code: 'x', message: 'm', from: 500, to: 501 }], input),
  ).split('\n');
  expect(line.length).toBeLessThan(130);
  expect(line[caret.indexOf('^')]).toBe('X');
});

test('without a place the hint stands behind the message, and control characters do not act', () => {
  const text = mistakeText(new Mistake([{ code: 'x', message: 'bad \u001b[31mcolour', hint: 'none' }]));
  expect(text).toBe('bad  [31mcolour (none)\n');
});

test('a place beyond the end is pointed at all the same', () => {
  const text = mistakeText(new Mistake([{ code: 'x', message: 'm', from: 4, to: 4 }], 'G.V('));
  expect(text).toBe('m\n  G.V(\n      ^\n');
});

test('an address may burst, then gets its rate, and others are not its business', () => {
  const rate = new Rate({ perSecond: 10 });
  const take = (nowMs: number, address = 'a') => rate.take(address, nowMs);
  expect(Array.from({ length: 21 }, () => take(0)).filter(Boolean)).toHaveLength(20);
  expect(take(0, 'b')).toBe(true);
  expect(take(99)).toBe(false);
  expect(take(100)).toBe(true);
  expect(take(100)).toBe(false);
});

test('only so many addresses are remembered', () => {
  const rate = new Rate({ perSecond: 1, burst: 1 });
  expect(rate.take('first', 0)).toBe(true);
  for (let i = 0; i < 10_000; i++) rate.take(`a${i}`, 0);
  expect(rate.hasLeft('first', 0)).toBe(true);
});
