/**
 * Ids of vertex properties that were given none: whole numbers above 2^32, so that they are longs, made of the vertex, the
 * key, and which of several it is. So they need no room, and are the same whenever they are asked for.
 */
export function derivedId(vertex: string, key: string, n = 0): number {
  if (vertex !== last.text) last = hashed(vertex);
  let of = keys.get(key);
  if (of === undefined) {
    if (keys.size >= KEYS_MAX) keys.clear();
    of = hashed(key);
    keys.set(key, of);
  }
  const high = mixed(last.high ^ Math.imul(of.low, 0x9e3779b1) ^ n) & 0xfffff;
  const low = mixed(last.low ^ Math.imul(of.high, 0x85ebca6b) ^ Math.imul(n, 0xc2b2ae35));
  return (high + 1) * 2 ** 32 + low;
}

interface Hash {
  readonly text: string;
  readonly high: number;
  readonly low: number;
}

/** Keys repeat, and the properties of a vertex are read together. */
const KEYS_MAX = 1024;
const keys = new Map<string, Hash>();
let last: Hash = hashed('');

/** FNV-1a, twice, from two beginnings. */
function hashed(text: string): Hash {
  let high = 0x811c9dc5;
  let low = 0x050c5d1f;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x01000193) ^ (low >>> 15);
  }
  return { text, high: mixed(high), low: mixed(low) };
}

function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
