/** Short texts that come again and again (types, states, hosts) are kept once. */
export class Interned {
  #texts = new Map<string, string>();

  text(text: string): string {
    if (text.length > LENGTH_MAX) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    // What repeats mostly does so within a stretch of a file; so forgetting all of it now and then costs little.
    if (this.#texts.size >= TEXTS_MAX) this.#texts = new Map();
    this.#texts.set(text, text);
    return text;
  }
}

const LENGTH_MAX = 40;
const TEXTS_MAX = 16_384;
