/** `P.typeOf(GType.INT)`, `P.typeOf('Integer')`: whether a value is of a type, by the names that TinkerPop 3.8 gives to types. */
import { mistake } from '../../../std/mistake.ts';
import { didYouMean } from '../../../std/nearest.ts';
import { type Kind, kindOf, kinds } from '../value/kinds.ts';
import { type AnyNumber, type NumType, numType } from '../value/num.ts';
import { Token } from '../value/token.ts';
import { Binary, ClassName, Duration, GraphResult, type GValue, Tree } from '../value/value.ts';

/** Throws a Mistake for a name that is no type. */
export function typeTest(type: GValue): (value: GValue) => boolean {
  if (type === null) return (value) => value === null;
  if (type instanceof Token && type.type === 'GType') return testNamed(type.name);
  if (type instanceof ClassName) return testNamed(registered(bare(type.name)));
  if (typeof type === 'string') return testNamed(registered(type));
  throw mistake('gremlin.predicate', 'typeOf takes a type, such as GType.INT or "Integer"');
}

function testNamed(name: string): (value: GValue) => boolean {
  const test = tests[name];
  if (test === undefined) throw mistake('gremlin.predicate', `${name} is no type`);
  return test;
}

const tests: Readonly<Record<string, (value: GValue) => boolean>> = {
  BIGDECIMAL: ofNumber('bigdecimal'),
  BIGINT: ofNumber('bigint'),
  BYTE: ofNumber('byte'),
  DOUBLE: ofNumber('double'),
  FLOAT: ofNumber('float'),
  INT: ofNumber('int'),
  LONG: ofNumber('long'),
  SHORT: ofNumber('short'),
  NUMBER: ofKind(kinds.number),
  BINARY: (value) => value instanceof Binary,
  BOOLEAN: ofKind(kinds.boolean),
  // There is no such value here: one character is a text.
  CHAR: () => false,
  DATETIME: ofKind(kinds.date),
  DURATION: (value) => value instanceof Duration,
  EDGE: ofKind(kinds.edge),
  GRAPH: (value) => value instanceof GraphResult,
  LIST: ofKind(kinds.list),
  MAP: ofKind(kinds.map),
  NULL: ofKind(kinds.nothing),
  PATH: ofKind(kinds.path),
  // A property of a vertex is one too.
  PROPERTY: ofKind(kinds.property, kinds.vertexProperty),
  SET: ofKind(kinds.set),
  STRING: ofKind(kinds.text),
  TREE: (value) => value instanceof Tree,
  UUID: ofKind(kinds.uuid),
  VERTEX: ofKind(kinds.vertex),
  VPROPERTY: ofKind(kinds.vertexProperty),
};

function ofKind(...wanted: readonly Kind[]): (value: GValue) => boolean {
  return (value) => wanted.includes(kindOf(value));
}

function ofNumber(type: NumType): (value: GValue) => boolean {
  return (value) => kindOf(value) === kinds.number && numType(value as AnyNumber) === type;
}

/** Java's names of the types, without their packages. */
const javaNames: ReadonlyMap<string, string> = new Map([
  ['BigDecimal', 'BIGDECIMAL'],
  ['BigInteger', 'BIGINT'],
  ['ByteBuffer', 'BINARY'],
  ['Boolean', 'BOOLEAN'],
  ['Byte', 'BYTE'],
  ['Character', 'CHAR'],
  ['OffsetDateTime', 'DATETIME'],
  ['Double', 'DOUBLE'],
  ['Duration', 'DURATION'],
  ['Edge', 'EDGE'],
  ['Float', 'FLOAT'],
  ['Graph', 'GRAPH'],
  ['Integer', 'INT'],
  ['List', 'LIST'],
  ['Long', 'LONG'],
  ['Map', 'MAP'],
  ['Number', 'NUMBER'],
  ['Path', 'PATH'],
  ['Property', 'PROPERTY'],
  ['Set', 'SET'],
  ['Short', 'SHORT'],
  ['String', 'STRING'],
  ['Tree', 'TREE'],
  ['UUID', 'UUID'],
  ['Vertex', 'VERTEX'],
  ['VertexProperty', 'VPROPERTY'],
]);

function registered(name: string): string {
  const known = javaNames.get(name);
  if (known !== undefined) return known;
  throw mistake('gremlin.predicate', `${name} is not a registered type`, didYouMean(name, javaNames.keys()));
}

function bare(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
}
