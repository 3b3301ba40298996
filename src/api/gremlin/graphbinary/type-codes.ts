/** Types of GraphBinary 1.0 (TinkerPop, "IO Reference", GraphBinary). */
import type { TokenType } from '../../../query/gremlin/value/token.ts';

export const type = {
  int: 0x01,
  long: 0x02,
  string: 0x03,
  date: 0x04,
  timestamp: 0x05,
  class: 0x06,
  double: 0x07,
  float: 0x08,
  list: 0x09,
  map: 0x0a,
  set: 0x0b,
  uuid: 0x0c,
  edge: 0x0d,
  path: 0x0e,
  property: 0x0f,
  graph: 0x10,
  vertex: 0x11,
  vertexProperty: 0x12,
  binding: 0x14,
  bytecode: 0x15,
  lambda: 0x1d,
  p: 0x1e,
  traverser: 0x21,
  bigDecimal: 0x22,
  bigInteger: 0x23,
  byte: 0x24,
  byteBuffer: 0x25,
  short: 0x26,
  boolean: 0x27,
  textP: 0x28,
  traversalStrategy: 0x29,
  bulkSet: 0x2a,
  tree: 0x2b,
  metrics: 0x2c,
  traversalMetrics: 0x2d,
  char: 0x80,
  duration: 0x81,
  inetAddress: 0x82,
  instant: 0x83,
  localDate: 0x84,
  localDateTime: 0x85,
  localTime: 0x86,
  monthDay: 0x87,
  offsetDateTime: 0x88,
  offsetTime: 0x89,
  period: 0x8a,
  year: 0x8b,
  yearMonth: 0x8c,
  zonedDateTime: 0x8d,
  zoneOffset: 0x8e,
  null: 0xfe,
} as const;

/** Each kind of word is a type of its own. */
export const codeOfToken: Readonly<Record<TokenType, number>> = {
  Barrier: 0x13,
  Cardinality: 0x16,
  Column: 0x17,
  Direction: 0x18,
  Operator: 0x19,
  Order: 0x1a,
  Pick: 0x1b,
  Pop: 0x1c,
  Scope: 0x1f,
  T: 0x20,
  Merge: 0x2e,
  DT: 0x2f,
  GType: 0x30,
};

export const tokenOfCode: ReadonlyMap<number, TokenType> = new Map(
  Object.entries(codeOfToken).map(([name, code]) => [code, name as TokenType]),
);

/** With its highest bit set, so that no other message begins with it. */
export const version = 0x81;

export const flag = { none: 0, null: 1, bulked: 2 } as const;
