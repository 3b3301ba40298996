/**
 * Query text to tokens, one at a time, into fields instead of objects: parsing costs about a microsecond.
 *
 * Strings may hold escapes and must close; numbers may be negative and have exponents. (Skydive has neither.)
 */
import type { Fault } from '../std/mistake.ts';
import { faultsMax } from './faults.ts';

export type TokenKind = 'word' | 'string' | 'number' | 'dot' | 'comma' | 'open' | 'close' | 'end' | 'other';

export class Lexer {
  readonly text: string;
  readonly faults: Fault[] = [];
  /** The token we stand on. */
  kind: TokenKind = 'end';
  from = 0;
  to = 0;
  /** Text of a word (as written) or of a string (escapes resolved). */
  word = '';
  /** Value of a number. */
  number = 0;

  constructor(text: string) {
    this.text = text;
    this.next();
  }

  next(): void {
    this.kind = this.scan();
  }

  private scan(): TokenKind {
    const { text } = this;
    let at = this.to;
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    this.from = at;
    if (at >= text.length) return this.single('end', at);
    const code = text.charCodeAt(at);
    if (isLetter(code)) return this.readWord(at);
    switch (code) {
      case 46: // .
        return this.single('dot', at + 1);
      case 44: // ,
        return this.single('comma', at + 1);
      case 40: // (
        return this.single('open', at + 1);
      case 41: // )
        return this.single('close', at + 1);
      case 39: // '
      case 34: // "
        return this.readString(at, code);
    }
    if (isDigit(code) || ((code === 45 || code === 43) && isDigit(text.charCodeAt(at + 1)))) return this.readNumber(at);
    return this.single('other', at + 1);
  }

  private single(kind: TokenKind, to: number): TokenKind {
    this.to = to;
    return kind;
  }

  private readWord(start: number): TokenKind {
    let at = start + 1;
    while (isWordPart(this.text.charCodeAt(at))) at++;
    this.word = this.text.slice(start, at);
    return this.single('word', at);
  }

  private readString(start: number, quote: number): TokenKind {
    const { text } = this;
    let at = start + 1;
    let plainFrom = at;
    let value = '';
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.word = value + text.slice(plainFrom, at);
        return this.single('string', at + 1);
      }
      if (code !== 92) continue; // Backslash.
      value += text.slice(plainFrom, at) + this.readEscape(at);
      at = this.to - 1;
      plainFrom = this.to;
    }
    this.word = value + text.slice(Math.min(plainFrom, text.length));
    this.fault('query.open-string', `this string is not closed`, start, text.length, `a closing ${text[start]}`);
    return this.single('string', text.length);
  }

  /** One escape that starts at `at`; leaves `to` behind it. */
  private readEscape(at: number): string {
    const letter = this.text[at + 1] ?? '';
    this.to = Math.min(at + 2, this.text.length);
    if (letter === 'u') {
      const digits = /^[0-9a-fA-F]{4}/.exec(this.text.slice(at + 2, at + 6))?.[0];
      if (digits !== undefined) {
        this.to = at + 6;
        return String.fromCharCode(Number.parseInt(digits, 16));
      }
    } else if (letter === '') return '';
    const plain = escapes.get(letter);
    if (plain !== undefined) return plain;
    // What needs no escape keeps its backslash: regular expressions are written '\d+' here as in Skydive.
    return `\\${letter}`;
  }

  private readNumber(start: number): TokenKind {
    numberShape.lastIndex = start;
    const match = numberShape.exec(this.text);
    let to = start + (match?.[0].length ?? 1);
    const plain = to;
    while (isWordPart(this.text.charCodeAt(to)) || this.text.charCodeAt(to) === 46) {
      // A dot ends a number unless more of the number follows: `V(1).Out()` against `1.2.3`.
      if (this.text.charCodeAt(to) === 46 && !isDigit(this.text.charCodeAt(to + 1))) break;
      to++;
    }
    this.number = Number(this.text.slice(start, plain));
    if (to !== plain) this.fault('query.bad-number', `${this.text.slice(start, to)} is not a number`, start, to);
    else if (!Number.isFinite(this.number)) this.fault('query.bad-number', 'this number is too large', start, to);
    return this.single('number', to);
  }

  fault(code: string, message: string, from: number, to: number, hint?: string): void {
    if (this.faults.length >= faultsMax) return;
    this.faults.push(hint === undefined ? { code, message, from, to } : { code, message, from, to, hint });
  }
}

const numberShape = /[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127;
}

function isWordPart(code: number): boolean {
  return isLetter(code) || isDigit(code);
}
