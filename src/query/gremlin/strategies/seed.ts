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
      if (typeof number === 'bigint') return () => dice(number);
      const whole = Math.trunc(Number(number));
      if (Number.isFinite(whole)) return () => dice(BigInt(whole));
    }
    faults.add('gremlin.strategy', 'SeedStrategy takes a number', NOWHERE, 'new SeedStrategy(seed: 1)');
    return undefined;
  },
});

/**
 * The numbers of java.util.Random (its documentation says how they are made): with one seed a coin falls as it does on any
 * other server. 48 bits, kept in halves of 24.
 */
function dice(seed: bigint): () => number {
  const start = BigInt.asUintN(48, seed ^ 0x5deece66dn);
  let high = Number(start >> 24n);
  let low = Number(start & 0xffffffn);
  const next = (bits: number) => {
    const product = low * MULTIPLIER_LOW + 0xb;
    high = (high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH + Math.floor(product / 2 ** 24)) % 2 ** 24;
    low = product % 2 ** 24;
    return Math.floor((high * 2 ** 24 + low) / 2 ** (48 - bits));
  };
  return () => (next(26) * 2 ** 27 + next(27)) / 2 ** 53;
}

/** 0x5DEECE66D. */
const MULTIPLIER_HIGH = 0x5de;
const MULTIPLIER_LOW = 0xece66d;
