/** Which word about a flow is the newest: a number that the server compares (`version_type: external_gte`), in 63 bits. */

/** 42 bits of milliseconds last until 2109. */
const TIME_MAX = 2 ** 42 - 1;
const BATCH_BITS = 21n;
const BATCH_MASK = (1n << BATCH_BITS) - 1n;

/**
 * The later its last packet the newer the word; of words about the same packet that of the later batch. Whatever is sent
 * again has the version it had, and what is overtaken has a lower one. The count of batches begins anew after two
 * million: then of two words about one packet, told in batches on either side of that, the earlier may stay.
 */
export function versionOf(lastMs: number, n: number): bigint {
  const time = BigInt(Math.max(0, Math.min(TIME_MAX, Math.floor(lastMs))));
  return (time << BATCH_BITS) | (BigInt(n) & BATCH_MASK);
}

/** Points of one flow and one time in the order they were told. */
export function orderOf(n: number, index: number): number {
  return (n % 2 ** 30) * 2 ** 20 + index;
}
