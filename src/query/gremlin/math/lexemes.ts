/** The numbers, names and signs of a formula. */
import { mistake } from '../../../std/mistake.ts';

export interface Lexeme {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

/** Numbers, names and signs: each may be one call more within the one before. */
const LEXEMES_MAX = 4000;

export class Lexemes {
  readonly text: string;
  #at = 0;
  #count = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Throws a Mistake for a character that begins none. */
  next(): Lexeme {
    shape.lastIndex = this.#at;
    const match = shape.exec(this.text);
    if (match === null)
      throw mistake('gremlin.math', `Unable to parse char '${this.text[this.#at]}' at [${this.#at}] of ${this.text}`);
    if (++this.#count > LEXEMES_MAX)
      throw mistake('gremlin.math', `an expression has no more than ${LEXEMES_MAX} parts (limit)`);
    const [all, number, name, sign] = match;
    const at = this.#at;
    this.#at = shape.lastIndex;
    const text = number ?? name ?? sign;
    if (text === undefined) return { kind: 'end', text: '', at: at + all.length };
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign';
    return { kind, text, at: at + all.length - text.length };
  }
}

const shape =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([\p{L}_][\p{L}\d_]*)|([-+*/%^,()[\]{}])|$)/uy;
