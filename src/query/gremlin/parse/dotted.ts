/** Words with a dot behind them: `T.id`, `P.gt(5)`, `VertexProperty.Cardinality.set`, `__.out()`. */
import type { Argument } from '../bytecode.ts';
import { constantsOf } from './constants.ts';
import { called } from './made.ts';
import type { Parser } from './parser.ts';
import { predicateShapes, readPredicate } from './predicate.ts';
import { isTokenType, namesOf, typedToken } from './token-names.ts';

/** `word.name`: stands on the dot. */
export function readDotted(parser: Parser, word: string, from: number, to: number): Argument | undefined {
  const { lexer } = parser;
  if (word === '__') return parser.stepsAfter([]);
  if (word === 'Lambda') return parser.closure(from);
  const constants = constantsOf(word);
  if (!isTokenType(word) && constants === undefined && !holders.has(word)) return stranger(parser, word, from, to);
  lexer.next();
  const { kind, word: name, from: nameFrom, to: nameTo } = lexer;
  if (kind !== 'word') {
    parser.unexpected(`a word of ${word} belongs here`);
    return undefined;
  }
  lexer.next();
  if (word === 'VertexProperty' && name === 'Cardinality' && parser.isAt('dot'))
    return readDotted(parser, name, from, nameTo);
  if (word === 'P' || word === 'TextP') {
    if (parser.isAt('open') && predicateShapes.has(name)) return readPredicate(parser, name, from, nameTo, true);
    lexer.fault('query.unknown-predicate', `no predicate named "${name}"`, nameFrom, nameTo);
    return undefined;
  }
  if (word === 'Cardinality' && parser.isAt('open')) return cardinality(parser, name, nameFrom, nameTo);
  const found = constants === undefined ? typedToken(word, name) : constants.get(name);
  if (found !== undefined) return found;
  const names = constants === undefined ? namesOf(word) : [...constants.keys()];
  lexer.fault('query.unknown-word', `${word} has no "${name}"`, nameFrom, nameTo, `one of ${names.join(', ')}`);
  return undefined;
}

/** `Cardinality.set('x')` */
function cardinality(parser: Parser, name: string, from: number, to: number): Argument | undefined {
  if (name === 'single' || name === 'list' || name === 'set') return called(parser, name, from);
  parser.lexer.fault('query.unknown-word', `Cardinality has no "${name}"`, from, to, 'one of single, list, set');
  return undefined;
}

/** A word with a dot behind it that is none of the language. */
function stranger(parser: Parser, word: string, from: number, to: number): undefined {
  const { lexer } = parser;
  if (parser.world.bindings.has(word)) {
    lexer.fault('query.syntax', `${word} is a binding: a value, of which nothing can be asked here`, from, to);
    parser.recover();
    return undefined;
  }
  const hint = `__.V(…) for a traversal within another, '${word}' in quotes if it is a text`;
  lexer.fault('query.syntax', `"${word}." cannot begin a value`, from, to, hint);
  parser.stepsAfter([]);
  return undefined;
}

const holders: ReadonlySet<string> = new Set(['P', 'TextP', 'VertexProperty']);
