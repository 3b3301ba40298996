/** Whatever is typed is read or told to be wrong, soon, with places that lie in the text. */

import { bytecodeText } from '../../../../src/query/gremlin/explain/text.ts';
import { defaultTextLimits } from '../../../../src/query/gremlin/parse/limits.ts';
import { parseGremlin } from '../../../../src/query/gremlin/parse/parse.ts';
import { type Dice, dice, pick } from '../../../dice.ts';
import { usedMs } from '../../../used-ms.ts';
import { mutated } from '../mutated.ts';
import { texts } from './texts.ts';

const mutations = Number(process.env.MUTATIONS ?? 100_000);

test('texts to be mutated are right themselves', () => {
  for (const text of texts) expect([text, parseGremlin(text).faults]).toEqual([text, []]);
});

test(`${mutations} mutated texts`, () => {
  const random = dice(20_261_121);
  let read = 0;
  let slowestMs = 0;
  for (let i = 0; i < mutations; i++) {
    const text = mutated(pick(random, texts), random, { pieces, crossed });
    const started = usedMs();
    const { statements, faults } = parseGremlin(text);
    slowestMs = Math.max(slowestMs, usedMs() - started);
    for (const { from = 0, to = 0, message } of faults) {
      if (from > to || to > text.length + 1) throw new Error(`${JSON.stringify(text)}: ${message} at ${from}-${to}`);
    }
    if (faults.length > 0) continue;
    read++;
    for (const { bytecode, from, to } of statements) {
      if (from > to || to > text.length) throw new Error(`${JSON.stringify(text)}: a statement at ${from}-${to}`);
      for (const step of [...bytecode.source, ...bytecode.steps]) checkPlaces(step, text);
      bytecodeText(bytecode);
    }
  }
  expect(read).toBeGreaterThan(mutations / 50);
  expect(slowestMs).toBeLessThan(2000);
}, 300_000);

test.each([
  ['(', ''],
  ['[', ''],
  ['{', ''],
  ['[a:', '1'],
  ['(int)', '5'],
  ['out(', ''],
  ['gt(1).and(', ''],
  ['__.', ''],
  ['new A(b: ', ''],
  ['{ ', ''],
  ['/*', ''],
  ['// \n', ''],
  ["'\\", ''],
  ['-', ''],
  ['1..', ''],
  ["'a'..", ''],
  ['.5', ''],
  ['1_', ''],
  ['0x1e-', ''],
  ['a,', ''],
  ['a b ', ''],
  ['"', ''],
  ['g;', ''],
  ['g.V() ', ''],
  ['.out()', ''],
  ['P.', ''],
  ['{a, ', ''],
])('%j a hundred thousand times is answered soon', (part, end) => {
  for (const head of ['', 'g.V(', 'g.V().out']) {
    const text = (head + part.repeat(100_000) + end).slice(0, defaultTextLimits.textLength);
    const started = usedMs();
    const { faults } = parseGremlin(text);
    expect(usedMs() - started).toBeLessThan(3000);
    expect(faults.length).toBeLessThanOrEqual(50);
  }
});

function checkPlaces(
  { name, from = -1, nameTo = -1, to = -1 }: { name: string; from?: number; nameTo?: number; to?: number },
  text: string,
): void {
  if (text.slice(from, nameTo) !== name || to < nameTo || to > text.length)
    throw new Error(`${JSON.stringify(text)}: ${name} at ${from}-${nameTo}-${to}`);
}

const pieces = [
  ...'()[]{}.,:;\'"\\/-+ \n$_0x1eLbmé\u0000'.split(''),
  '..',
  '->',
  '__.',
  'P.',
  'T.id',
  'new ',
  'null',
  '(int) ',
  'not(',
  'within(',
  'datetime(',
  'set(',
  'Strategy',
  '//',
  '/*',
  '*/',
  '\\u12',
  '99999999999999999999',
  '1e999',
  '.next()',
  '.tx()',
  '{it -> it}',
];

/** The beginning of one text, the end of another. */
function crossed(text: string, random: Dice): string {
  const other = pick(random, texts);
  return text.slice(0, random(text.length + 1)) + other.slice(random(other.length));
}
