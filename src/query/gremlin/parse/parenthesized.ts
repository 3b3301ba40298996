/** `(T.id)` before the colon of a map, `(5)`, and Groovy's casts: `(Long) 5`. */
import type { Argument } from '../bytecode.ts';
import { isNumber, type NumType } from '../value/num.ts';
import { castTo } from './number.ts';
import type { Parser } from './parser.ts';

/** Stands on the parenthesis. */
export function parenthesized(parser: Parser): Argument | undefined {
  const { lexer } = parser;
  const openAt = lexer.from;
  if (!parser.enter()) return undefined;
  lexer.next();
  const type = lexer.kind === 'word' && parser.charAfter() === ')' ? casts.get(lexer.word) : undefined;
  if (type !== undefined) {
    lexer.next();
    lexer.next();
    const value = cast(parser, type, openAt);
    parser.leave();
    return value;
  }
  const value = parser.argument();
  if (lexer.kind === 'close') {
    parser.closedTo = lexer.to;
    lexer.next();
  } else parser.unclosed(openAt, 'close');
  parser.leave();
  return value;
}

function cast(parser: Parser, type: NumType | 'any', from: number): Argument | undefined {
  const value = parser.argument();
  if (value === undefined || type === 'any') return value;
  const number = isNumber(value) ? castTo(type, value) : undefined;
  if (number === undefined) parser.lexer.fault('query.bad-number', `this is no ${type}`, from, parser.lexer.from);
  return number;
}

const casts: ReadonlyMap<string, NumType | 'any'> = new Map<string, NumType | 'any'>([
  ['byte', 'byte'],
  ['Byte', 'byte'],
  ['short', 'short'],
  ['Short', 'short'],
  ['int', 'int'],
  ['Integer', 'int'],
  ['long', 'long'],
  ['Long', 'long'],
  ['float', 'float'],
  ['Float', 'float'],
  ['double', 'double'],
  ['Double', 'double'],
  ['BigInteger', 'bigint'],
  ['BigDecimal', 'bigdecimal'],
  ['String', 'any'],
  ['Object', 'any'],
  ['Map', 'any'],
  ['List', 'any'],
  ['Set', 'any'],
]);
