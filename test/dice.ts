/** Chance that is the same each time (mulberry32), so that a failure can be seen again. */
export type Dice = (below: number) => number;

export function dice(seed: number): Dice {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function pick<T>(random: Dice, list: readonly T[]): T {
  return list[random(list.length)] as T;
}
