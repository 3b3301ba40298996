import { isNumber } from '../value/num.ts';
import { defineStrategy, NOWHERE } from './strategy.ts';

export const seed = defineStrategy({
  name: 'SeedStrategy',
  doc: 'Dice that fall the same each time: what sample, coin and shuffle choose.',
  settings: ['seed'],
  randomOf({ configuration }, faults) {
    const value = configuration.get('seed');
    if (isNumber(value)) {
      const number = typeof value === 'number' ? value : value.value;
      return () => dice(Number(BigInt.asUintN(32, BigInt(Math.trunc(Number(number))))));
    }
    faults.add('gremlin.strategy', 'SeedStrategy takes a number', NOWHERE, 'new SeedStrategy(seed: 1)');
    return undefined;
  },
});

/** Mulberry32: a number of 32 bits that is counted on and mixed. Good enough to choose by. */
function dice(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
