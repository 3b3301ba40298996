/** Words that stand for themselves, with their type (`T.id`) or without (`id`). */
import { type Token, type TokenType, tokenNamed, tokenNames } from '../value/token.ts';

/** `id`, `desc`, `local`: without their type. `list` and `set` are cardinalities. */
export function bareToken(word: string): Token | undefined {
  return bare.get(word);
}

/** `T.id`, `Order.desc`, `GType.bigInt`. */
export function typedToken(type: string, name: string): Token | undefined {
  return tokenNamed(type, type === 'GType' ? name.toUpperCase() : name);
}

export function isTokenType(word: string): boolean {
  return Object.hasOwn(tokenNames, word);
}

/** The names a type has, for hints; the only other one that has any is VertexProperty. */
export function namesOf(type: string): readonly string[] {
  return isTokenType(type) ? tokenNames[type as TokenType] : ['Cardinality.set'];
}

const order: readonly TokenType[] = [
  'T',
  'Direction',
  'Merge',
  'Order',
  'Scope',
  'Pop',
  'Column',
  'Operator',
  'Pick',
  'Cardinality',
  'DT',
  'Barrier',
  'GType',
];

const bare = bareTokens();

function bareTokens(): ReadonlyMap<string, Token> {
  const words = new Map<string, Token>();
  const add = (word: string, type: TokenType, name: string) => {
    const token = tokenNamed(type, name);
    if (token !== undefined && !words.has(word)) words.set(word, token);
  };
  for (const type of order) for (const name of tokenNames[type]) add(name, type, name);
  for (const name of ['from', 'to']) add(name, 'Direction', name);
  for (const name of ['incr', 'decr']) add(name, 'Order', name);
  // The grammar has types of values in small letters too.
  for (const name of tokenNames.GType) add(name.toLowerCase(), 'GType', name);
  for (const name of ['bigInt', 'bigDecimal']) add(name, 'GType', name.toUpperCase());
  return words;
}
