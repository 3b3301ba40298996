/** xxHash64 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) in halves of 32 bits: BigInt costs ten times as much. */
import { OCTETS } from '../std/addresstext.ts';

/** Hash of bytes[0, size). The result stands in `hash` until the next call. */
export function xxHash64(bytes: Uint8Array, size: number, seedHigh = 0, seedLow = 0): void {
  let at = 0;
  let high: number;
  let low: number;
  if (size >= 32) {
    at = stripes(bytes, size, seedHigh, seedLow);
    high = productHigh;
    low = productLow;
  } else {
    low = seedLow + P5L;
    high = (seedHigh + P5H + carry(low)) | 0;
    low |= 0;
  }
  low = (low >>> 0) + size;
  high = (high + carry(low)) | 0;
  low |= 0;
  for (; at + 8 <= size; at += 8) {
    mixLane(0, 0, word(bytes, at + 4), word(bytes, at));
    high ^= productHigh;
    low ^= productLow;
    multiply((high << 27) | (low >>> 5), (low << 27) | (high >>> 5), P1H, P1L);
    low = (productLow >>> 0) + P4L;
    high = (productHigh + P4H + carry(low)) | 0;
    low |= 0;
  }
  if (at + 4 <= size) {
    multiply(0, word(bytes, at), P1H, P1L);
    high ^= productHigh;
    low ^= productLow;
    multiply((high << 23) | (low >>> 9), (low << 23) | (high >>> 9), P2H, P2L);
    low = (productLow >>> 0) + P3L;
    high = (productHigh + P3H + carry(low)) | 0;
    low |= 0;
    at += 4;
  }
  for (; at < size; at++) {
    multiply(0, bytes[at] as number, P5H, P5L);
    high ^= productHigh;
    low ^= productLow;
    multiply((high << 11) | (low >>> 21), (low << 11) | (high >>> 21), P1H, P1L);
    high = productHigh;
    low = productLow;
  }
  // Avalanche: shifts by 33, 29 and 32 bits.
  low ^= high >>> 1;
  multiply(high, low, P2H, P2L);
  high = productHigh ^ (productHigh >>> 29);
  low = productLow ^ ((productLow >>> 29) | (productHigh << 3));
  multiply(high, low, P3H, P3L);
  hash.high = productHigh >>> 0;
  hash.low = (productLow ^ productHigh) >>> 0;
}

/** Both halves unsigned. */
export const hash = { high: 0, low: 0 };

/** 16 digits, as ids are shown. */
export function hex64(high: number, low: number): string {
  return hex32(high) + hex32(low);
}

function hex32(word: number): string {
  return (
    (OCTETS[word >>> 24] as string) +
    OCTETS[(word >>> 16) & 0xff] +
    OCTETS[(word >>> 8) & 0xff] +
    (OCTETS[word & 0xff] as string)
  );
}

const { imul } = Math;

const [P1H, P1L] = [0x9e3779b1, 0x85ebca87];
const [P2H, P2L] = [0xc2b2ae3d, 0x27d4eb4f];
const [P3H, P3L] = [0x165667b1, 0x9e3779f9];
const [P4H, P4L] = [0x85ebca77, 0xc2b2ae63];
const [P5H, P5L] = [0x27d4eb2f, 0x165667c5];

/** What the functions below give: two numbers cannot be returned without an object. */
let productHigh = 0;
let productLow = 0;

/** Four lanes of eight bytes each, as long as there are 32; gives where it stopped. */
function stripes(bytes: Uint8Array, size: number, seedHigh: number, seedLow: number): number {
  const [high, low] = [lanesHigh, lanesLow];
  startLane(0, seedHigh, seedLow, (P1H + P2H + carry(P1L + P2L)) | 0, (P1L + P2L) >>> 0);
  startLane(1, seedHigh, seedLow, P2H, P2L);
  startLane(2, seedHigh, seedLow, 0, 0);
  startLane(3, seedHigh, seedLow, ~P1H, (~P1L + 1) >>> 0);
  let at = 0;
  for (; at + 32 <= size; at += 32) {
    for (let lane = 0; lane < 4; lane++) {
      const from = at + lane * 8;
      mixLane(high[lane] as number, low[lane] as number, word(bytes, from + 4), word(bytes, from));
      high[lane] = productHigh;
      low[lane] = productLow;
    }
  }
  let sumHigh = 0;
  let sumLow = 0;
  for (const [lane, by] of [
    [0, 1],
    [1, 7],
    [2, 12],
    [3, 18],
  ] as const) {
    const h = high[lane] as number;
    const l = low[lane] as number;
    sumLow += ((l << by) | (h >>> (32 - by))) >>> 0;
    sumHigh = (sumHigh + ((h << by) | (l >>> (32 - by))) + carry(sumLow)) | 0;
    sumLow = sumLow >>> 0;
  }
  for (let lane = 0; lane < 4; lane++) {
    mixLane(0, 0, high[lane] as number, low[lane] as number);
    multiply(sumHigh ^ productHigh, sumLow ^ productLow, P1H, P1L);
    sumLow = (productLow >>> 0) + P4L;
    sumHigh = (productHigh + P4H + carry(sumLow)) | 0;
    sumLow = sumLow >>> 0;
  }
  productHigh = sumHigh;
  productLow = sumLow | 0;
  return at;
}

const lanesHigh = new Int32Array(4);
const lanesLow = new Int32Array(4);

function startLane(lane: number, seedHigh: number, seedLow: number, high: number, low: number): void {
  const sum = (seedLow >>> 0) + low;
  lanesLow[lane] = sum | 0;
  lanesHigh[lane] = (seedHigh + high + carry(sum)) | 0;
}

/** rotl(accumulator + lane * P2, 31) * P1. */
function mixLane(high: number, low: number, laneHigh: number, laneLow: number): void {
  multiply(laneHigh, laneLow, P2H, P2L);
  const sum = (productLow >>> 0) + (low >>> 0);
  const l = sum | 0;
  const h = (productHigh + high + carry(sum)) | 0;
  multiply((h << 31) | (l >>> 1), (l << 31) | (h >>> 1), P1H, P1L);
}

/** The lower 64 bits of a product. */
function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  // Neither sum can reach 2^32: (2^16 - 1)^2 + 2^16 - 1 is less.
  const middle = (imul(a1, b0) >>> 0) + (imul(a0, b0) >>> 16);
  const carried = (middle & 0xffff) + (imul(a0, b1) >>> 0);
  const upper = imul(a1, b1) + (middle >>> 16) + (carried >>> 16);
  productHigh = (upper + imul(aLow, bHigh) + imul(aHigh, bLow)) | 0;
  productLow = imul(aLow, bLow);
}

function carry(sum: number): number {
  return sum >= 0x1_0000_0000 ? 1 : 0;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
