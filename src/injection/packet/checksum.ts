/** The checksum of the Internet (RFC 1071): the one's complement of the sum of all 16-bit words. */

/** Also of bytes of which the checksum field is 0. `sum` goes on from pseudoHeaderSum(). */
export function checksum(bytes: Uint8Array, sum = 0): number {
  const all = folded(sum + wordsIn(bytes));
  return ~all & 0xffff;
}

/**
 * What TCP, UDP and ICMPv6 sum up besides: RFC 9293 §3.1, RFC 8200 §8.1. Of addresses of 4 or 16 bytes; both forms
 * have the same sum, as the length is below 65536.
 */
export function pseudoHeaderSum(pseudo: {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly protocol: number;
  readonly length: number;
}): number {
  return wordsIn(pseudo.source) + wordsIn(pseudo.destination) + pseudo.protocol + pseudo.length;
}

function wordsIn(bytes: Uint8Array): number {
  let sum = 0;
  const even = bytes.length & ~1;
  for (let at = 0; at < even; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  return even < bytes.length ? sum + ((bytes[even] as number) << 8) : sum;
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000);
  return rest;
}
