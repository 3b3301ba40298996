/** Words of the language that stand for themselves: `T.id`, `desc`, `Scope.local`. One object each, so `===` compares them. */
export class Token {
  readonly type: TokenType;
  readonly name: string;

  constructor(type: TokenType, name: string) {
    this.type = type;
    this.name = name;
  }
}

/** By TinkerPop's names, as bytecode writes them. The first of each with aliases (`desc`, `decr`) is the one that is kept. */
export const tokenNames = {
  Barrier: ['normSack'],
  Cardinality: ['single', 'list', 'set'],
  Column: ['keys', 'values'],
  Direction: ['OUT', 'IN', 'BOTH'],
  DT: ['second', 'minute', 'hour', 'day'],
  GType: [
    'BIGDECIMAL',
    'BIGINT',
    'BINARY',
    'BOOLEAN',
    'BYTE',
    'CHAR',
    'DATETIME',
    'DOUBLE',
    'DURATION',
    'EDGE',
    'FLOAT',
    'GRAPH',
    'INT',
    'LIST',
    'LONG',
    'MAP',
    'NULL',
    'NUMBER',
    'PATH',
    'PROPERTY',
    'SET',
    'SHORT',
    'STRING',
    'TREE',
    'UUID',
    'VERTEX',
    'VPROPERTY',
  ],
  Merge: ['onCreate', 'onMatch', 'outV', 'inV'],
  Operator: ['sum', 'minus', 'mult', 'div', 'min', 'max', 'assign', 'and', 'or', 'addAll', 'sumLong'],
  Order: ['asc', 'desc', 'shuffle'],
  Pick: ['any', 'none', 'unproductive'],
  Pop: ['first', 'last', 'all', 'mixed'],
  Scope: ['local', 'global'],
  T: ['id', 'label', 'key', 'value'],
} as const;

export type TokenType = keyof typeof tokenNames;

export const tokens = Object.fromEntries(
  Object.entries(tokenNames).map(([type, names]) => [
    type,
    Object.fromEntries(names.map((name) => [name, new Token(type as TokenType, name)])),
  ]),
) as { readonly [Type in TokenType]: { readonly [Name in (typeof tokenNames)[Type][number]]: Token } };

/** Other ways to write some of them. */
const aliases: Readonly<Record<string, string>> = {
  'Order.incr': 'asc',
  'Order.decr': 'desc',
  'Direction.from': 'OUT',
  'Direction.to': 'IN',
};

/** Undefined where there is no such word. Types are named as in text and as in GraphSON (`VertexProperty.Cardinality`). */
export function tokenNamed(type: string, name: string): Token | undefined {
  const plain = type.startsWith('VertexProperty.') ? type.slice('VertexProperty.'.length) : type;
  if (!Object.hasOwn(tokens, plain)) return undefined;
  const named = tokens[plain as TokenType] as Readonly<Record<string, Token>>;
  const known = aliases[`${plain}.${name}`] ?? name;
  return Object.hasOwn(named, known) ? named[known] : undefined;
}
