/** Texts that went wrong while they were typed. */
import { pick, type Random } from './random.ts';

/** One to three cuts, insertions, repetitions, or crossings with another text. */
export function mutated(text: string, texts: readonly string[], random: Random): string {
  let result = text;
  for (let count = random(3) + 1; count > 0; count--) {
    const at = random(result.length + 1);
    const to = Math.min(result.length, at + random(12));
    switch (random(5)) {
      case 0:
        result = result.slice(0, at) + result.slice(to);
        break;
      case 1:
        result = result.slice(0, at) + pick(random, pieces) + result.slice(at);
        break;
      case 2:
        result = result.slice(0, at) + result.slice(at, to).repeat(random(6)) + result.slice(to);
        break;
      case 3:
        result = result.slice(0, at) + pick(random, pieces) + result.slice(to);
        break;
      default: {
        // Calls are exchanged whole, so that more of the children are right.
        const calls = text.match(call) ?? [''];
        result = result.replace(pick(random, calls), () => pick(random, pick(random, texts).match(call) ?? ['']));
      }
    }
  }
  return result;
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
