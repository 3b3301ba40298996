/** `1..5` and `'a'..'e'`: lists of all between, both ends with them, up or down. */
import type { AnyNumber } from '../value/num.ts';
import { naturalType } from '../value/num.ts';
import type { GValue } from '../value/value.ts';
import type { Parser } from './parser.ts';

/** Stands on the first of the two dots. */
export function numberRange(parser: Parser, start: AnyNumber, from: number): readonly GValue[] | undefined {
  const end = endOf(parser);
  if (end === undefined) return undefined;
  if (!isInt(start) || !isInt(end)) return wrong(parser, from, 'a range of numbers is of two whole ones', '1..5');
  if (!parser.count(Math.abs(end - start))) return undefined;
  const step = start <= end ? 1 : -1;
  return Array.from({ length: Math.abs(end - start) + 1 }, (_, at) => start + at * step);
}

/** Texts that differ in their last character alone. */
export function stringRange(parser: Parser, start: string, from: number): readonly GValue[] | undefined {
  const end = endOf(parser);
  if (end === undefined) return undefined;
  const prefix = start.slice(0, -1);
  if (typeof end !== 'string' || end.length !== start.length || !end.startsWith(prefix))
    return wrong(parser, from, 'the texts of a range differ in their last character alone', "'a'..'e'");
  if (start === '') return [];
  const [first, last] = [start.charCodeAt(start.length - 1), end.charCodeAt(end.length - 1)];
  if (!parser.count(Math.abs(last - first))) return undefined;
  const step = first <= last ? 1 : -1;
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, at) => prefix + String.fromCharCode(first + at * step));
}

/** A literal, as its start is. */
function endOf(parser: Parser): GValue | undefined {
  const { lexer } = parser;
  lexer.next();
  lexer.next();
  if (lexer.kind === 'number') return parser.number();
  if (lexer.kind !== 'string') {
    parser.unexpected('a range ends with a number or a text', '1..5');
    return undefined;
  }
  const { word } = lexer;
  lexer.next();
  return word;
}

function isInt(value: GValue): value is number {
  return typeof value === 'number' && naturalType(value) === 'int';
}

function wrong(parser: Parser, from: number, message: string, hint: string): undefined {
  parser.lexer.fault('query.bad-range', message, from, parser.lexer.from, hint);
  return undefined;
}
