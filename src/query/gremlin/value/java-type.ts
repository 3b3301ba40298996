/** What Java calls the class of a value, without its package: TinkerPop's messages name it. */
import { Bytecode } from '../bytecode.ts';
import { GMap, GSet, MapEntry } from './collections.ts';
import { isList } from './identity.ts';
import { isNumber, type NumType, numType } from './num.ts';
import { Token } from './token.ts';
import { BulkSet, DateTime, Duration, type GValue, Path, Property, Tree, Uuid, VertexProperty } from './value.ts';

export function javaType(value: GValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Boolean';
  if (isNumber(value)) return numberTypes[numType(value)];
  if (isList(value)) return 'ArrayList';
  if (value instanceof MapEntry) return 'Entry';
  for (const [type, name] of types) if (value instanceof type) return name;
  if (value instanceof Token) return value.type;
  if ('kind' in value) return value.kind === 'node' ? 'Vertex' : 'Edge';
  return value.constructor.name;
}

export const numberTypes: Readonly<Record<NumType, string>> = {
  byte: 'Byte',
  short: 'Short',
  int: 'Integer',
  long: 'Long',
  float: 'Float',
  double: 'Double',
  bigint: 'BigInteger',
  bigdecimal: 'BigDecimal',
};

// biome-ignore lint/complexity/noBannedTypes: any class.
const types: readonly (readonly [Function, string])[] = [
  [GMap, 'LinkedHashMap'],
  [GSet, 'LinkedHashSet'],
  [BulkSet, 'BulkSet'],
  [Path, 'Path'],
  [Tree, 'Tree'],
  [VertexProperty, 'VertexProperty'],
  [Property, 'Property'],
  [DateTime, 'OffsetDateTime'],
  [Duration, 'Duration'],
  [Uuid, 'UUID'],
  [Bytecode, 'Traversal'],
];
