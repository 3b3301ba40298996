/** How questions go wrong while they are typed, so that many of them still mean something. */
import { type Dice, pick } from '../../../dice.ts';
import { mutated } from '../mutated.ts';

export function mistyped(text: string, texts: readonly string[], random: Dice): string {
  return mutated(text, random, {
    pieces,
    // Calls are exchanged whole, so that more of the children are right.
    crossed(result) {
      const calls = text.match(call) ?? [''];
      return result.replace(pick(random, calls), () => pick(random, pick(random, texts).match(call) ?? ['']));
    },
  });
}

const call = /\.\w+\([^()]*\)/g;

const pieces = [
  ...'()[]{},:;.\'"-1é '.split(''),
  '__.',
  '.both()',
  '.in()',
  '.values()',
  '.fold()',
  '.unfold()',
  '.path()',
  '.by()',
  ".by('name')",
  '.count()',
  '.count(local)',
  '.limit(2)',
  '.dedup()',
  '.repeat(both()).times(2)',
  '.emit()',
  ".as('a')",
  ".select('a')",
  '.barrier()',
  ".aggregate('x')",
  ".cap('x')",
  '.valueMap()',
  '.sum()',
  '.order()',
  '.drop()',
  'null',
  '0',
  '99999999999999999999',
  '1e999',
  '.next()',
];
