/** `[1, 2]`, `{1, 2}`, `[name: 'x', (T.id): 1]`, `[:]`; and code in braces, which is refused. */
import type { Bytecode } from '../bytecode.ts';
import { GMap, GSet } from '../value/collections.ts';
import type { GValue } from '../value/value.ts';
import type { Parser } from './parser.ts';

/** A list, or a map when a colon follows what comes first. Stands on the bracket. */
export function bracketed(parser: Parser): readonly GValue[] | GMap | undefined {
  const { lexer } = parser;
  if (parser.charAfter() === ':') return emptyMap(parser);
  const map = new GMap();
  let isMap = false;
  const items = parser.list('closeBracket', () => {
    const key = keyOrValue(parser);
    if (lexer.kind !== 'colon') return key;
    isMap = true;
    lexer.next();
    const value = parser.value();
    parser.count(1);
    if (key !== undefined && value !== undefined) map.set(key, value);
    return undefined;
  });
  if (!isMap) return items;
  if (items.length > 0) parser.unexpected('a map has a key before each value', '[key: value]');
  return map;
}

/** `[:]` */
function emptyMap(parser: Parser): GMap {
  const { lexer } = parser;
  const { from } = lexer;
  lexer.next();
  lexer.next();
  if (lexer.kind === 'closeBracket') {
    parser.closedTo = lexer.to;
    lexer.next();
  } else parser.unclosed(from, 'closeBracket');
  return new GMap();
}

/** A word before a colon is a text, whatever it means elsewhere; `T.id` and `(id)` are what they mean. */
function keyOrValue(parser: Parser): GValue | undefined {
  const { lexer } = parser;
  if (lexer.kind !== 'word' || parser.charAfter() !== ':') return parser.value();
  const { word } = lexer;
  lexer.next();
  return word;
}

/** A set. Stands on the brace. */
export function braced(parser: Parser): GSet | Bytecode | undefined {
  const { lexer } = parser;
  const { from } = lexer;
  if (closure.test(lexer.text.slice(lexer.to, lexer.to + 80))) return parser.closure(from);
  return new GSet(parser.list('closeBrace', parser.value));
}

/** How Groovy's code in braces begins: with its arguments, with `it`, or with a word of the language. */
const closure = /^\s*(?:->|it\b|(?:def|return|if)\b|(?:\w+ )?\w+(?:\s*,\s*\w+)*\s*->)/;
