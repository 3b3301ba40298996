/** Words that stand for themselves, with their type (`T.id`) or without (`id`), and names of constants (`WithOptions.tokens`). */
import { type Token, type TokenType, tokenNamed, tokenNames } from '../value/token.ts';
import type { GValue } from '../value/value.ts';

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

/** `WithOptions`, `IO`, `ShortestPath`…: constants by their name; undefined where there is no such holder. */
export function constantsOf(holder: string): ReadonlyMap<string, GValue> | undefined {
  return constants.get(holder);
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

/** The values are TinkerPop's (its Javadoc of WithOptions, IO, and the *VertexProgramStep classes). */
const constants: ReadonlyMap<string, ReadonlyMap<string, GValue>> = new Map([
  [
    'WithOptions',
    new Map<string, GValue>([
      ['tokens', '~tinkerpop.valueMap.tokens'],
      ['none', 0],
      ['ids', 1],
      ['labels', 2],
      ['keys', 4],
      ['values', 8],
      ['all', 15],
      ['indexer', '~tinkerpop.index.indexer'],
      ['list', 0],
      ['map', 1],
    ]),
  ],
  [
    'IO',
    new Map<string, GValue>([
      ['reader', '~tinkerpop.io.reader'],
      ['writer', '~tinkerpop.io.writer'],
      ['registry', '~tinkerpop.io.registry'],
      ['gryo', 'gryo'],
      ['graphson', 'graphson'],
      ['graphml', 'graphml'],
    ]),
  ],
  ['ShortestPath', prefixed('~tinkerpop.shortestPath.', 'target', 'edges', 'distance', 'maxDistance', 'includeEdges')],
  ['PageRank', prefixed('~tinkerpop.pageRank.', 'edges', 'times', 'propertyName')],
  ['PeerPressure', prefixed('~tinkerpop.peerPressure.', 'edges', 'times', 'propertyName')],
  [
    'ConnectedComponent',
    new Map<string, GValue>([
      ...prefixed('~tinkerpop.connectedComponent.', 'edges', 'propertyName'),
      ['component', 'gremlin.connectedComponentVertexProgram.component'],
    ]),
  ],
]);

function prefixed(prefix: string, ...names: readonly string[]): Map<string, GValue> {
  return new Map(names.map((name) => [name, prefix + name]));
}
