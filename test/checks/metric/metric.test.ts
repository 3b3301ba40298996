import { evaluate, seriesIn } from '../../../src/checks/metric/evaluate.ts';
import type { Sample } from '../../../src/checks/metric/expression.ts';
import { parseExpression } from '../../../src/checks/metric/parse.ts';

const samples: readonly Sample[] = [
  { name: 'used', labels: { probe: 'a' }, value: 30 },
  { name: 'used', labels: { probe: 'b' }, value: 80 },
  { name: 'limit', labels: { probe: 'a' }, value: 100 },
  { name: 'limit', labels: { probe: 'b' }, value: 100 },
  { name: 'up', labels: {}, value: 1 },
];

test.each<[string, readonly number[]]>([
  ['used', [30, 80]],
  ['used{probe="a"}', [30]],
  ['used{probe!="a"}', [80]],
  ['used{host=""}', [30, 80]],
  ['max(used / limit)', [0.8]],
  ['min(used) + sum(used) * 2', [250]],
  ['avg(used)', [55]],
  ['count(used) - count(nobody)', [2]],
  ['1 - 2 - 3', [-4]],
  ['2 + 3 * 4', [14]],
  ['-(2 + 3)', [-5]],
  ['used > 50', [0, 1]],
  ['sum(used) == 110', [1]],
  ['100 - used', [70, 20]],
  ['up / 0', [Infinity]],
  ['nobody', []],
  ['max(nobody)', []],
  ['used + nobody', []],
  ['1e3 + .5', [1000.5]],
])('%s', (text, values) => {
  expect(evaluate(parsed(text), samples).map(({ value }) => value)).toEqual(values);
});

test.each<[string, number, string]>([
  ['', 0, 'the name of a metric, a number or ( belongs here'],
  ['max(used', 8, 'a ) belongs here'],
  ['used used', 5, '"used" does not belong here'],
  ['meen(used)', 0, 'no function is named "meen"'],
  ['used{probe=~"a"}', 10, '= or != belongs here'],
  ['used{probe="a"', 14, 'a , or } belongs here'],
  ['('.repeat(10_000), 64, 'it is nested deeper than 64'],
  ['-'.repeat(10_000), 64, 'it is nested deeper than 64'],
  [`1${'+1'.repeat(10_000)}`, 130, 'it has more than 64 terms in a row'],
])('%.20s is refused at its place', (text, at, message) => {
  expect(parseExpression(text)).toMatchObject({ at, message });
});

test('the series that are asked for are known beforehand', () => {
  expect(seriesIn(parsed('max(a / b{x="y"}) > -c'))).toEqual(['a', 'b', 'c']);
});

function parsed(text: string) {
  const expression = parseExpression(text);
  if ('message' in expression) throw new Error(expression.message);
  return expression;
}
