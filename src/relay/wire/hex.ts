/** Ids of 16 hex digits as the eight bytes they stand for: half the size, and no call into the runtime. */

/** False, and nothing good is written, where it is not what `readHex` would give back. */
export function writeHex(id: string, to: Uint8Array, at: number): boolean {
  if (id.length !== 16) return false;
  let all = 0;
  let value = 0;
  for (let i = 0; i < 16; i += 2) {
    const high = id.charCodeAt(i);
    const low = id.charCodeAt(i + 1);
    all |= high | low;
    const byte = ((VALUES[high & 0x7f] as number) << 4) | (VALUES[low & 0x7f] as number);
    value |= byte;
    to[at + (i >> 1)] = byte;
  }
  return all < 0x80 && value >= 0;
}

/** Of eight bytes. A string from its characters: a call into the runtime takes three times as long. */
export function readHex(from: Uint8Array, at: number): string {
  const a = from[at] as number;
  const b = from[at + 1] as number;
  const c = from[at + 2] as number;
  const d = from[at + 3] as number;
  const e = from[at + 4] as number;
  const f = from[at + 5] as number;
  const g = from[at + 6] as number;
  const h = from[at + 7] as number;
  return String.fromCharCode(
    HIGH[a] as number,
    LOW[a] as number,
    HIGH[b] as number,
    LOW[b] as number,
    HIGH[c] as number,
    LOW[c] as number,
    HIGH[d] as number,
    LOW[d] as number,
    HIGH[e] as number,
    LOW[e] as number,
    HIGH[f] as number,
    LOW[f] as number,
    HIGH[g] as number,
    LOW[g] as number,
    HIGH[h] as number,
    LOW[h] as number,
  );
}

const DIGITS = '0123456789abcdef';
/** Of the character of a digit; -1: it is none. */
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) VALUES[DIGITS.charCodeAt(i)] = i;
const HIGH = Uint8Array.from({ length: 256 }, (_, byte) => DIGITS.charCodeAt(byte >> 4));
const LOW = Uint8Array.from({ length: 256 }, (_, byte) => DIGITS.charCodeAt(byte & 15));
