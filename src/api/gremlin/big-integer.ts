/** BigIntegers as Java writes their bytes. */

/** Two's complement, biggest byte first, as few as hold it. */
export function bigintBytes(value: bigint): Buffer {
  const away = value < 0n ? -value - 1n : value;
  const bits = away === 0n ? 0 : away.toString(16).length * 4;
  // One more byte than the digits may need, for the sign; a first byte that says nothing is cut.
  const size = (bits >> 3) + 1;
  const hex = BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, '0');
  const bytes = Buffer.from(hex, 'hex');
  const isSpare =
    size > 1 &&
    ((bytes[0] === 0 && (bytes[1] as number) < 0x80) || (bytes[0] === 0xff && (bytes[1] as number) >= 0x80));
  return isSpare ? bytes.subarray(1) : bytes;
}

export function bigintFrom(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}
