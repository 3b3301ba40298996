/** Bytes that are not as they should be: the same ones in every run. */

export const mutations = Number(process.env.MUTATIONS ?? 100_000);

/** xorshift32. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const out = bytes.slice(0, random() % 4 === 0 ? random() % (bytes.length + 1) : bytes.length);
  for (let times = 1 + (random() % 4); times > 0 && out.length > 0; times--) {
    const at = random() % out.length;
    const kind = random() % 4;
    if (kind === 0) out[at] = random();
    else if (kind === 1) out[at] = (out[at] as number) ^ (1 << (random() % 8));
    else if (kind === 2) out[at] = [0, 1, 0x7f, 0x80, 0xc0, 0xff][random() % 6] as number;
    else out.copyWithin(at, random() % out.length);
  }
  return out;
}
