/**
 * Query text to tokens, one at a time, into fields instead of objects: parsing costs about a microsecond.
 *
 * Strings may hold escapes and must close; numbers may be negative and have exponents. (Skydive has neither.)
 * Standard Gremlin has more tokens, Java's escapes, numbers with the letter of their type, and comments (Gremlin.g4 of
 * TinkerPop 3.8).
 */
import type { Fault } from '../std/mistake.ts';
import type { Dialect } from './dialect.ts';
import { faultsMax } from './faults.ts';

export type TokenKind =
  | 'word'
  | 'string'
  | 'number'
  | 'dot'
  | 'comma'
  | 'open'
  | 'close'
  | 'end'
  | 'other'
  // Of standard Gremlin alone:
  | 'openBracket'
  | 'closeBracket'
  | 'openBrace'
  | 'closeBrace'
  | 'colon'
  | 'semicolon';

export class Lexer {
  readonly text: string;
  readonly faults: Fault[] = [];
  /** The token we stand on. */
  kind: TokenKind = 'end';
  from = 0;
  to = 0;
  /** Text of a word (as written) or of a string (escapes resolved). */
  word = '';
  /** Value of a number; in standard Gremlin its text says more. */
  number = 0;
  private readonly isStandard: boolean;

  constructor(text: string, dialect: Dialect = 'skydive') {
    this.text = text;
    this.isStandard = dialect === 'gremlin';
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
        return this.isStandard && this.beginsFraction(at) ? this.readNumber(at) : this.single('dot', at + 1);
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
    return this.isStandard ? this.scanStandard(at, code) : this.single('other', at + 1);
  }

  private scanStandard(at: number, code: number): TokenKind {
    switch (code) {
      case 91: // [
        return this.single('openBracket', at + 1);
      case 93: // ]
        return this.single('closeBracket', at + 1);
      case 123: // {
        return this.single('openBrace', at + 1);
      case 125: // }
        return this.single('closeBrace', at + 1);
      case 58: // :
        return this.single('colon', at + 1);
      case 59: // ;
        return this.single('semicolon', at + 1);
      case 36: // $ begins a word as in Java.
        return this.readWord(at);
      case 45: // -Infinity, +Infinity
      case 43:
        if (this.text.startsWith('Infinity', at + 1)) return this.single('number', at + 9);
        if (this.beginsFraction(at + 1)) return this.readNumber(at);
        break;
      case 47: // A comment, to the end of its line or as in Java.
        if (this.text[at + 1] === '/') return this.skipComment(at, '\n');
        if (this.text[at + 1] === '*') return this.skipComment(at, '*/');
    }
    return this.single('other', at + 1);
  }

  /** The dot of `.5`, but not that of `1..5`. */
  private beginsFraction(at: number): boolean {
    const { text } = this;
    return text.charCodeAt(at) === 46 && isDigit(text.charCodeAt(at + 1)) && text.charCodeAt(at - 1) !== 46;
  }

  private skipComment(start: number, close: string): TokenKind {
    // Many comments in a row need no recursion.
    const { text } = this;
    let at = start;
    let ending = close;
    for (;;) {
      const end = text.indexOf(ending, at + 2);
      at = end < 0 ? text.length : end + ending.length;
      while (at < text.length && isSpace(text.charCodeAt(at))) at++;
      if (text.startsWith('//', at)) ending = '\n';
      else if (text.startsWith('/*', at)) ending = '*/';
      else break;
    }
    this.to = at;
    return this.scan();
  }

  private single(kind: TokenKind, to: number): TokenKind {
    this.to = to;
    return kind;
  }

  private readWord(start: number): TokenKind {
    let at = start + 1;
    while (isWordPart(this.text.charCodeAt(at)) || (this.isStandard && this.text.charCodeAt(at) === 36)) at++;
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
    if (this.isStandard) return this.readJavaEscape(at);
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

  /** JLS §3.10.6, and a line that goes on after a backslash. */
  private readJavaEscape(at: number): string {
    const { text } = this;
    javaEscape.lastIndex = at + 1;
    const [code = ''] = javaEscape.exec(text) ?? [];
    this.to = at + 1 + code.length;
    if (code === '') {
      this.to = Math.min(at + 2, text.length);
      const letter = text.slice(at + 1, at + 2);
      // One that ends the text is told as an open string.
      if (letter === '') return '';
      this.fault('query.bad-escape', `\\${letter} is no escape`, at, this.to, `\\\\${letter} for a backslash`);
      return letter;
    }
    if (code[0] === 'u') return String.fromCharCode(Number.parseInt(code.slice(-4), 16));
    if (isDigit(code.charCodeAt(0))) return String.fromCharCode(Number.parseInt(code, 8));
    // A line that goes on keeps its end, as TinkerPop has it.
    return escapes.get(code) ?? javaEscapes.get(code) ?? code;
  }

  private readNumber(start: number): TokenKind {
    if (this.isStandard) return this.readTypedNumber(start);
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

  /** Its end alone: whoever reads the token knows what the letters at its end mean. */
  private readTypedNumber(start: number): TokenKind {
    const { text } = this;
    let at = start + 1;
    for (;;) {
      const code = text.charCodeAt(at);
      // A dot ends a number unless more of the number follows: `V(1).out()` and `1..5` against `1.5`.
      const isPart =
        isWordPart(code) || (code === 46 && isDigit(text.charCodeAt(at + 1)) && text.charCodeAt(at - 1) !== 46);
      const isSign = (code === 45 || code === 43) && isExponent(text, start, at - 1);
      if (!isPart && !isSign) break;
      at++;
    }
    return this.single('number', at);
  }

  fault(code: string, message: string, from: number, to: number, hint?: string): void {
    if (this.faults.length >= faultsMax) return;
    this.faults.push(hint === undefined ? { code, message, from, to } : { code, message, from, to, hint });
  }
}

const numberShape = /[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

const javaEscape = /u+[0-9a-fA-F]{4}|[0-3][0-7]{2}|[0-7]{1,2}|\r?\n|[btnfr"'\\]/y;

const javaEscapes = new Map([
  ['b', '\b'],
  ['f', '\f'],
]);

const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

/** The e of `1e-5`, which is a digit of `0x1e-5`. */
function isExponent(text: string, start: number, at: number): boolean {
  if ((text.charCodeAt(at) | 32) !== 101 || !isDigit(text.charCodeAt(at + 2))) return false;
  const digits = isDigit(text.charCodeAt(start)) ? start : start + 1;
  return (text.charCodeAt(digits + 1) | 32) !== 120;
}

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
