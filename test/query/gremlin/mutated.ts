/** Texts that went wrong while they were typed. */
import { type Dice, pick } from '../../dice.ts';

interface Typing {
  /** What gets in by mistake. */
  readonly pieces: readonly string[];
  /** With a part of another text. */
  crossed(text: string, random: Dice): string;
}

/** One to three cuts, insertions, repetitions, or crossings. */
export function mutated(text: string, random: Dice, { pieces, crossed }: Typing): string {
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
      default:
        result = crossed(result, random);
    }
  }
  return result;
}
