/** Tokens of standard Gremlin, with the bounds of a text and the way on after a fault. */
import type { Fault } from '../../../std/mistake.ts';
import { Lexer, type TokenKind } from '../../lexer.ts';
import type { TextLimits } from './limits.ts';

export type Closer = 'close' | 'closeBracket' | 'closeBrace';

export class Reader {
  readonly lexer: Lexer;
  /** End of the last parenthesis or bracket that was closed. */
  closedTo = 0;
  /** Where `recover` stopped. */
  recoveredTo = 0;
  private readonly limits: TextLimits;
  private depth = 0;
  private steps = 0;
  private elements = 0;
  private isStopped = false;
  /** What closes the lists we are in, how often. */
  private readonly expected = { close: 0, closeBracket: 0, closeBrace: 0 };

  constructor(text: string, limits: TextLimits) {
    this.lexer = new Lexer(text, 'gremlin');
    this.limits = limits;
  }

  get faults(): readonly Fault[] {
    return this.lexer.faults;
  }

  /** Items between commas. Stands on what opens the list; leaves what closes it behind. */
  list<T>(close: Closer, read: () => T | undefined): T[] {
    const { lexer } = this;
    const items: T[] = [];
    const openAt = lexer.from;
    if (!this.enter()) return items;
    this.expected[close]++;
    lexer.next();
    for (;;) {
      const { kind, from } = lexer;
      if (kind === close) {
        this.closedTo = lexer.to;
        lexer.next();
        break;
      }
      if (kind === 'comma') {
        lexer.next();
        continue;
      }
      if (isCloser(kind) && this.expected[kind] === 0) {
        this.unexpected(`nothing is open that it closes, a ${closers[close]} belongs here`);
        lexer.next();
        continue;
      }
      if (kind === 'end' || kind === 'semicolon' || isCloser(kind)) {
        this.unclosed(openAt, close);
        break;
      }
      const item = read();
      if (item !== undefined) {
        this.count(1);
        items.push(item);
      }
      if (lexer.kind === 'comma' || lexer.kind === close || lexer.kind === 'end' || isCloser(lexer.kind)) continue;
      if (item !== undefined) this.unexpected('a comma belongs here');
      // After two values without a comma between them the second is read as well.
      if (item === undefined || lexer.from === from || !startsValue(lexer.kind)) this.recover();
    }
    this.expected[close]--;
    this.leave();
    return items;
  }

  /** For places where TypeScript thinks that it still is what it was. */
  isAt(kind: TokenKind): boolean {
    return this.lexer.kind === kind;
  }

  /** The first character after the token we stand on that is no space. */
  charAfter(): string {
    const { text } = this.lexer;
    let at = this.lexer.to;
    while (at < text.length && text.charCodeAt(at) <= SPACE) at++;
    return text.charAt(at);
  }

  unexpected(message: string, hint?: string): void {
    if (this.isStopped) return;
    const { lexer } = this;
    const found = lexer.kind === 'end' ? 'the end' : this.quote(lexer.from, lexer.to);
    lexer.fault('query.syntax', `found ${found}: ${message}`, lexer.from, Math.max(lexer.to, lexer.from + 1), hint);
  }

  /** To the next comma or closing bracket of the list we are in, over all that is nested. */
  recover(): void {
    const { lexer } = this;
    this.recoveredTo = lexer.from;
    while (lexer.kind !== 'end' && lexer.kind !== 'comma' && lexer.kind !== 'semicolon' && !isCloser(lexer.kind))
      this.skipNested();
  }

  /** Over one token, or over a bracket with all that is in it. */
  skipNested(): void {
    const { lexer } = this;
    let nested = 0;
    do {
      if (isOpener(lexer.kind)) nested++;
      else if (isCloser(lexer.kind)) nested--;
      this.recoveredTo = lexer.to;
      lexer.next();
    } while (nested > 0 && lexer.kind !== 'end');
  }

  /** So many more arguments or elements. */
  count(elements: number): boolean {
    this.elements += elements;
    if (this.elements <= this.limits.elements) return true;
    this.stop(`the text has more than ${this.limits.elements} arguments and elements (limit elements)`);
    return false;
  }

  /** One level deeper; false where that is too deep. */
  enter(): boolean {
    if (++this.depth <= this.limits.depth) return true;
    this.stop(`parentheses and brackets are nested deeper than ${this.limits.depth} (limit depth)`);
    this.depth--;
    return false;
  }

  leave(): void {
    this.depth--;
  }

  /** Nothing more is read: a limit was met. */
  stop(message: string): void {
    const { lexer } = this;
    if (!this.isStopped) lexer.fault('query.limit', message, lexer.from, Math.max(lexer.to, lexer.from + 1));
    this.isStopped = true;
    lexer.to = lexer.text.length;
    lexer.next();
  }

  countStep(): void {
    if (++this.steps > this.limits.steps) this.stop(`the text has more than ${this.limits.steps} steps (limit steps)`);
  }

  unclosed(openAt: number, close: Closer): void {
    this.closedTo = this.lexer.from;
    if (this.isStopped) return;
    const what = openers[close];
    this.lexer.fault(
      'query.open-parenthesis',
      `this ${what} is not closed`,
      openAt,
      openAt + 1,
      `a closing ${closers[close]}`,
    );
  }

  quote(from: number, to: number): string {
    const text = this.lexer.text.slice(from, Math.min(to, from + 40));
    return `"${text}${to > from + 40 ? '…' : ''}"`;
  }
}

const SPACE = 32;

const closers: Readonly<Record<Closer, string>> = { close: ')', closeBracket: ']', closeBrace: '}' };

const openers: Readonly<Record<Closer, string>> = {
  close: 'parenthesis',
  closeBracket: 'bracket',
  closeBrace: 'brace',
};

function isOpener(kind: TokenKind): boolean {
  return kind === 'open' || kind === 'openBracket' || kind === 'openBrace';
}

function isCloser(kind: TokenKind): kind is Closer {
  return kind === 'close' || kind === 'closeBracket' || kind === 'closeBrace';
}

function startsValue(kind: TokenKind): boolean {
  return kind === 'word' || kind === 'string' || kind === 'number' || isOpener(kind);
}
