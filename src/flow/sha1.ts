/** SHA-1 (RFC 3174) of a few bytes, for ids that are defined by it; nothing here is kept secret by it. */

export class Sha1 {
  readonly #words = new Int32Array(80);
  readonly #block = new Uint8Array(64);
  readonly #digest = new Uint8Array(20);

  /** Of bytes[0, size), at most 55: one block. The result is overwritten by the next call. */
  digest(bytes: Uint8Array, size: number): Uint8Array {
    if (size > 55) throw new RangeError(`one block of SHA-1 takes 55 bytes, not ${size}`);
    const block = this.#block;
    block.fill(0);
    for (let i = 0; i < size; i++) block[i] = bytes[i] as number;
    block[size] = 0x80;
    block[62] = (size * 8) >>> 8;
    block[63] = size * 8;
    const w = this.#words;
    for (let i = 0; i < 16; i++) {
      const at = i * 4;
      w[i] =
        ((block[at] as number) << 24) |
        ((block[at + 1] as number) << 16) |
        ((block[at + 2] as number) << 8) |
        (block[at + 3] as number);
    }
    for (let i = 16; i < 80; i++) {
      const x = (w[i - 3] as number) ^ (w[i - 8] as number) ^ (w[i - 14] as number) ^ (w[i - 16] as number);
      w[i] = (x << 1) | (x >>> 31);
    }
    let a = 0x67452301;
    let b = 0xefcdab89 | 0;
    let c = 0x98badcfe | 0;
    let d = 0x10325476;
    let e = 0xc3d2e1f0 | 0;
    for (let i = 0; i < 80; i++) {
      let f: number;
      if (i < 20) f = ((b & c) | (~b & d)) + 0x5a827999;
      else if (i < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
      else if (i < 60) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
      else f = (b ^ c ^ d) + 0xca62c1d6;
      const next = (((a << 5) | (a >>> 27)) + f + e + (w[i] as number)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    this.#put(0, 0x67452301 + a);
    this.#put(4, 0xefcdab89 + b);
    this.#put(8, 0x98badcfe + c);
    this.#put(12, 0x10325476 + d);
    this.#put(16, 0xc3d2e1f0 + e);
    return this.#digest;
  }

  #put(at: number, word: number): void {
    this.#digest[at] = word >>> 24;
    this.#digest[at + 1] = word >>> 16;
    this.#digest[at + 2] = word >>> 8;
    this.#digest[at + 3] = word;
  }
}
