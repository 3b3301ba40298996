/** Numbers out of bytes that may be of any length: nothing is read past the end. */

/** Up to six bytes as a number; what is longer and does not fit is text in hexadecimal. */
export function whole(bytes: Buffer): number | string {
  const { length } = bytes;
  if (length === 0) return 0;
  if (length <= 6) return bytes.readUIntBE(0, length);
  const value = bigOf(bytes);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `0x${value.toString(16)}`;
}

/** 0x, without leading zeros; zero is 0, as ovs-ofctl writes it. */
export function hex(bytes: Buffer): string {
  const digits = bytes.toString('hex').replace(/^0+/, '');
  return digits === '' ? '0' : `0x${digits}`;
}

export function rawHex(bytes: Buffer): string {
  return bytes.toString('hex');
}

export function bigOf(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`);
}

export function mac(bytes: Buffer): string {
  return bytes.toString('hex').replace(/(..)(?=.)/g, '$1:');
}

export function ip4(bytes: Buffer): string {
  return bytes.join('.');
}

/** RFC 5952. */
export function ip6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
  let [from, run] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (groups[i + length] === '0') length++;
    if (length > run) [from, run] = [i, length];
  }
  if (from < 0) return groups.join(':');
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + run).join(':')}`;
}

/** Length of the prefix when the ones of a mask stand in front, else undefined. */
export function prefixOf(mask: Buffer): number | undefined {
  const ones = mask.length * 8;
  const value = bigOf(mask);
  const zeros = value === 0n ? ones : value.toString(2).length - value.toString(2).replace(/0+$/, '').length;
  const wanted = ((1n << BigInt(ones)) - 1n) ^ ((1n << BigInt(zeros)) - 1n);
  return value === wanted ? ones - zeros : undefined;
}

export function isAll(bytes: Buffer, byte: 0 | 0xff): boolean {
  return bytes.every((one) => one === byte);
}

/** Text that ends with its first zero. */
export function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

export const roundUp8 = (length: number): number => (length + 7) & ~7;
