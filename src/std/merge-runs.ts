/**
 * Sorted runs merged two by two into one, with pauses: a native sort of 100,000 texts would hold the event loop for a tenth
 * of a second. Stable; `undefined` comes every now and then, between pieces of a millisecond at most.
 */
export function* mergeRuns<T>(runs: readonly T[][], compare: (a: T, b: T) => number): Generator<undefined, T[]> {
  let left = [...runs];
  while (left.length > 1) {
    const longer: T[][] = [];
    for (let at = 0; at < left.length; at += 2) {
      const [one, other] = [left[at] as T[], left[at + 1]];
      longer.push(other === undefined ? one : yield* merged(one, other, compare));
    }
    left = longer;
  }
  return left[0] ?? [];
}

const STRIDE = 1024;

function* merged<T>(
  one: readonly T[],
  other: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<undefined, T[]> {
  const all: T[] = [];
  for (let i = 0, j = 0; i < one.length || j < other.length; ) {
    const isOne = j >= other.length || (i < one.length && compare(one[i] as T, other[j] as T) <= 0);
    all.push((isOne ? one[i++] : other[j++]) as T);
    if (all.length % STRIDE === 0) yield undefined;
  }
  return all;
}
