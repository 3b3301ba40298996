import { differenceInWords, inWords } from '../../src/graph/words.ts';

test.each([
  [undefined, 'none'],
  ['UP', 'UP'],
  [false, 'false'],
  [[], 'none'],
  [['UP', 'BROADCAST'], 'UP, BROADCAST'],
  [{ Tables: 2, Chains: 5 }, 'Tables 2, Chains 5'],
  [
    { Prefix: '10.0.0.0/24', NextHops: [{ IP: '10.0.0.1', IfIndex: 2 }] },
    'Prefix 10.0.0.0/24, NextHops (IP 10.0.0.1, IfIndex 2)',
  ],
])('%p is said as %s', (value, text) => {
  expect(inWords(value)).toBe(text);
});

test('of two tables what differs is said', () => {
  expect(differenceInWords({ Tables: 2, Rules: 3 }, { Tables: 2, Rules: 4, Sets: 1 })).toBe(
    'Rules 3 → 4, Sets none → 1',
  );
  expect(differenceInWords({ Rules: 3 }, 4)).toBeUndefined();
});
