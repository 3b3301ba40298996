import { parseExpression } from '../../../../src/query/gremlin/math/expression.ts';
import { ask } from '../asked.ts';
import { shown } from '../shown.ts';

const value = (text: string, ...values: number[]) => parseExpression(text).evaluate(values);

test('operators bind as they do on paper', () => {
  expect(value('1 + 2 * 3 ^ 2')).toBe(19);
  expect(value('(1 + 2) * 3')).toBe(9);
  expect(value('-2 ^ 2')).toBe(-4);
  expect(value('2 ^ -1')).toBe(0.5);
  expect(value('2 ^ 3 ^ 2')).toBe(512);
  expect(value('7 % 4 - -1')).toBe(4);
  expect(value('10 / 4 / 2')).toBe(1.25);
  expect(value('1.5e1 + .5')).toBe(15.5);
  expect(value('{[1 + 1] * 2}')).toBe(4);
});

test('a function without parentheses takes all that follows', () => {
  expect(value('sin 0 + 1')).toBe(Math.sin(1));
  expect(value('sin(0) + 1')).toBe(1);
  expect(value('2 * sqrt 8 * 2')).toBe(8);
  expect(value('abs(-3) + ceil(1.2) + floor(1.8) + signum(-5)')).toBe(5);
  expect(value('log10(1000) + log2(8) + cbrt(27)')).toBeCloseTo(9, 12);
  expect(value('pow(2, 3)')).toBe(8);
});

test('variables are those without another meaning, each once', () => {
  expect(parseExpression('a + sin(b) * a - _').variables).toEqual(['a', 'b', '_']);
  expect(value('a * b', 6, 7)).toBe(42);
});

test('what cannot be read says where', () => {
  expect(() => value('1 +')).toThrow('missing before the end of "1 +"');
  expect(() => value('(1')).toThrow('Mismatched parentheses');
  expect(() => value('2 x')).toThrow("an operator is missing before 'x' at 2");
  expect(() => value('1 $ 2')).toThrow('Unable to parse char');
  expect(() => value(`${'('.repeat(200)}1`)).toThrow('nested deeper than 100');
  expect(() => value('1+'.repeat(3000))).toThrow('no more than 4000 parts');
  expect(() => value('1 / 0')).toThrow('Division by zero!');
});

test('math reads what comes, places, side-effects and keys, each by its own by', async () => {
  expect(await shown("g.V(1).values('age').math('_ + 1')")).toEqual(['30.0d']);
  expect(await shown("g.V(1).as('a').out('knows').as('b').math('a + b').by('age')")).toEqual(['56.0d', '61.0d']);
  expect(
    await shown("g.V(1).as('a').out('created').as('b').math('b + a').by(in('created').count()).by('age')"),
  ).toEqual(['32.0d']);
  expect(await shown("g.withSideEffect('x', 100).V(1).values('age').math('_ + x')")).toEqual(['129.0d']);
  expect(await shown("g.inject([a: 6, b: 7]).math('a * b')")).toEqual(['42.0d']);
  expect(await shown("g.V().math('_ + _').by('age')")).toEqual(['58.0d', '54.0d', '64.0d', '70.0d']);
  expect(await shown("g.inject(2).math('_ * pi')")).toEqual([`${2 * Math.PI}d`]);
  await expect(ask("g.V(1).values('name').math('_ + 1')")).rejects.toThrow(
    'The variable _ for math() step must resolve to a Number - it is instead of type String',
  );
  await expect(ask("g.V(1).math('_ +')")).rejects.toThrow('missing before the end');
});
