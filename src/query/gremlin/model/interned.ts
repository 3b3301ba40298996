/** Short texts that come again and again (types, states, hosts) are kept once. */
export class Interned {
  #texts = new Map<string, string>();
  readonly #keys = new Map<string, { asked: number; known: number }>();

  /** `key`: under which it stands. Texts of a key that has a new one each time are let pass. */
  text(text: string, key: string): string {
    if (text.length > LENGTH_MAX) return text;
    let of = this.#keys.get(key);
    if (of === undefined) {
      if (this.#keys.size >= KEYS_MAX) return text;
      of = { asked: 0, known: 0 };
      this.#keys.set(key, of);
    }
    if (of.asked >= TRIAL && of.known * 4 < of.asked) return text;
    of.asked++;
    const known = this.#texts.get(text);
    if (known !== undefined) {
      of.known++;
      return known;
    }
    // What repeats mostly does so within a stretch of a file; so forgetting all of it now and then costs little.
    if (this.#texts.size >= TEXTS_MAX) this.#texts = new Map();
    this.#texts.set(text, text);
    return text;
  }
}

const LENGTH_MAX = 40;
const TEXTS_MAX = 16_384;
const KEYS_MAX = 1024;
/** So many texts of a key tell whether they come again. */
const TRIAL = 512;
