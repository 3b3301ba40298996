/**
 * Records of one size in large pieces of memory: a million of them are a few hundred objects to the collector, and
 * growing copies nothing. Numbers are given from 1 on, 0 stands for none.
 */
export class Slab {
  readonly wordsEach: number;
  /** By `at >>> recordBits`. */
  readonly words: Uint32Array[] = [];
  readonly floats: Float64Array[] = [];
  #free = 0;
  #used = 0;
  #next = 1;

  /** `wordsEach`: 32-bit words of a record, an even number, so that each starts where a float may. */
  constructor(wordsEach: number) {
    this.wordsEach = wordsEach;
  }

  get used(): number {
    return this.#used;
  }

  /** Above all numbers ever given. */
  get end(): number {
    return this.#next;
  }

  get sizeBytes(): number {
    return this.words.length * recordsEach * this.wordsEach * 4;
  }

  /** A record of zeros. */
  allocate(): number {
    const at = this.allocateDirty();
    this.clear(at);
    return at;
  }

  /** A record as it was left when it was given back; only its first word is lost. */
  allocateDirty(): number {
    this.#used++;
    if (this.#free !== 0) {
      const at = this.#free;
      this.#free = this.get(at, 0);
      return at;
    }
    const at = this.#next++;
    if (at >>> recordBits >= this.words.length) {
      const words = new Uint32Array(recordsEach * this.wordsEach);
      this.words.push(words);
      this.floats.push(new Float64Array(words.buffer));
    }
    return at;
  }

  free(at: number): void {
    this.set(at, 0, this.#free);
    this.#free = at;
    this.#used--;
  }

  clear(at: number): void {
    const base = (at & recordMask) * this.wordsEach;
    (this.words[at >>> recordBits] as Uint32Array).fill(0, base, base + this.wordsEach);
  }

  get(at: number, word: number): number {
    return (this.words[at >>> recordBits] as Uint32Array)[(at & recordMask) * this.wordsEach + word] as number;
  }

  set(at: number, word: number, value: number): void {
    (this.words[at >>> recordBits] as Uint32Array)[(at & recordMask) * this.wordsEach + word] = value;
  }

  /** `float`: counted in floats, two words each. */
  float(at: number, float: number): number {
    return (this.floats[at >>> recordBits] as Float64Array)[
      (at & recordMask) * (this.wordsEach >>> 1) + float
    ] as number;
  }

  setFloat(at: number, float: number, value: number): void {
    (this.floats[at >>> recordBits] as Float64Array)[(at & recordMask) * (this.wordsEach >>> 1) + float] = value;
  }

  add(at: number, word: number, value: number): void {
    // A counter that is full stays so.
    this.set(at, word, Math.min(this.get(at, word) + value, 0xffff_ffff));
  }

  addFloat(at: number, float: number, value: number): void {
    this.setFloat(at, float, this.float(at, float) + value);
  }
}

const recordBits = 12;
const recordsEach = 1 << recordBits;
const recordMask = recordsEach - 1;
