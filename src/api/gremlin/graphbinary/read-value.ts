/** Values of GraphBinary 1.0: type, flag, value. */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import { GSet } from '../../../query/gremlin/value/collections.ts';
import { decimalText } from '../../../query/gremlin/value/decimal.ts';
import { double, int, long, type Num, num } from '../../../query/gremlin/value/num.ts';
import { type Token, type TokenType, tokenNamed } from '../../../query/gremlin/value/token.ts';
import { Binary, ClassName, type GValue, type Path, Uuid } from '../../../query/gremlin/value/value.ts';
import { bigintFrom } from '../big-integer.ts';
import { numberBytesMax } from '../codec-limits.ts';
import { pathOf } from '../path-of.ts';
import { BytesIn } from './bytes-in.ts';
import { readBytecode, readLambda, readPredicate, readStrategy } from './read-bytecode.ts';
import { readBulked, readBulkSet, readItems, readMap, readTree } from './read-collection.ts';
import { readEdge, readGraph, readProperty, readVertex, readVertexProperty } from './read-element.ts';
import { readMetrics, readTraversalMetrics } from './read-metrics.ts';
import { readTime } from './read-time.ts';
import { flag, tokenOfCode, type } from './type-codes.ts';

export function valuesIn(bytes: Buffer): BytesIn {
  return new BytesIn(bytes, readValue);
}

/** A bulked traverser within other values gives its value: how often it came is told by the answer that holds it. */
function readValue(from: BytesIn): Argument {
  const { at } = from;
  const code = from.byte();
  const flags = from.byte();
  if ((flags & flag.null) !== 0) return null;
  if (flags !== flag.none && !(flags === flag.bulked && code === type.list))
    throw from.bad(`unknown flag ${flags} of a value`, at + 1);
  const plain = readPlain(code, from);
  return plain === undefined ? from.within(() => readHolding(code, flags, from, at)) : plain;
}

/** Undefined for what may hold other values. */
function readPlain(code: number, from: BytesIn): GValue | undefined {
  switch (code) {
    case type.string:
      return from.text();
    case type.int:
      return int(from.int32());
    case type.long:
      return long(from.int64());
    case type.double:
      return double(from.float64());
    case type.boolean:
      return from.byte() !== 0;
    case type.float:
      return num('float', from.float32());
    case type.byte:
      return num('byte', from.int8());
    case type.short:
      return num('short', from.int16());
    case type.uuid:
      return readUuid(from);
    case type.bigInteger:
      return num('bigint', readBigint(from));
    case type.bigDecimal:
      return readBigDecimal(from);
    case type.byteBuffer:
      return new Binary(Uint8Array.from(from.raw(from.count(1, 'a byte buffer'))));
    case type.class:
      return new ClassName(from.text());
    case type.char:
      return readChar(from);
    default: {
      const token = tokenOfCode.get(code);
      return token === undefined ? readTime(code, from) : readToken(token, from);
    }
  }
}

function readHolding(code: number, flags: number, from: BytesIn, at: number): Argument {
  switch (code) {
    case type.list:
      return flags === flag.bulked ? readBulked(from) : readItems(from, 'a list');
    case type.set:
      return from.asKey(() => new GSet(readItems(from, 'a set')));
    case type.map:
      return readMap(from);
    case type.bulkSet:
      return readBulkSet(from);
    case type.tree:
      return readTree(from);
    case type.path:
      return readPath(from);
    case type.vertex:
      return readVertex(from);
    case type.edge:
      return readEdge(from);
    case type.vertexProperty:
      return readVertexProperty(from);
    case type.property:
      return readProperty(from);
    case type.graph:
      return readGraph(from);
    case type.bytecode:
      return readBytecode(from);
    case type.p:
    case type.textP:
      return readPredicate(from, code === type.textP);
    case type.traversalStrategy:
      return readStrategy(from);
    case type.lambda:
      return readLambda(from);
    case type.binding:
      // Its name is of use to who would keep compiled traversals.
      from.text();
      return from.value();
    case type.traverser:
      from.int64();
      return from.value();
    case type.traversalMetrics:
      return readTraversalMetrics(from);
    case type.metrics:
      return readMetrics(from);
    default:
      throw from.bad(`unknown type 0x${code.toString(16).padStart(2, '0')}`, at);
  }
}

function readPath(from: BytesIn): Path {
  const { at } = from;
  const path = pathOf(from.gvalue(), from.gvalue());
  if (path === undefined) throw from.bad('a path is a list of sets of labels, and a list of as many objects', at);
  return path;
}

function readUuid(from: BytesIn): Uuid {
  return new Uuid(uuidText(from.raw(16)));
}

export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function readBigint(from: BytesIn): bigint {
  const { at } = from;
  const length = from.count(1, 'a number');
  if (length > numberBytesMax)
    throw from.bad(`a number of ${length} bytes; no more than ${numberBytesMax} are read`, at);
  return bigintFrom(from.raw(length));
}

function readBigDecimal(from: BytesIn): Num {
  const scale = from.int32();
  return num('bigdecimal', decimalText({ unscaled: readBigint(from), scale })) as Num;
}

/** Its first byte says how many there are. */
function readChar(from: BytesIn): string {
  const first = from.byte();
  const rest = from.raw(first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3);
  return Buffer.concat([Buffer.from([first]), rest]).toString('utf8');
}

function readToken(kind: TokenType, from: BytesIn): Token {
  const { at } = from;
  const name = from.gvalue();
  const token = typeof name === 'string' ? tokenNamed(kind, name) : undefined;
  if (token === undefined)
    throw from.bad(
      `no ${kind} of this name: ${typeof name === 'string' ? JSON.stringify(name.slice(0, 40)) : typeof name}`,
      at,
    );
  return token;
}
