/** Values of GraphBinary 1.0: type, flag, value. */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import { GMap, GSet } from '../../../query/gremlin/value/collections.ts';
import { double, int, long, type Num, num } from '../../../query/gremlin/value/num.ts';
import { type Token, type TokenType, tokenNamed } from '../../../query/gremlin/value/token.ts';
import { Binary, BulkSet, ClassName, type GValue, Path, Tree, Uuid } from '../../../query/gremlin/value/value.ts';
import { numberBytesMax, scaleMax } from '../codec-limits.ts';
import { bigintFrom, decimalText } from '../decimal.ts';
import type { BytesIn } from './bytes-in.ts';
import { readBytecode, readLambda, readPredicate, readStrategy } from './read-bytecode.ts';
import { readEdge, readGraph, readProperty, readVertex, readVertexProperty } from './read-element.ts';
import { readMetrics, readTraversalMetrics } from './read-metrics.ts';
import { readTime } from './read-time.ts';
import { flag, tokenOfCode, type } from './type-codes.ts';

/** A bulked traverser within other values gives its value: how often it came is told by the answer that holds it. */
export function readValue(from: BytesIn): Argument {
  const { at } = from;
  const code = from.byte();
  const flags = from.byte();
  if ((flags & flag.null) !== 0) return null;
  if (flags !== flag.none && !(flags === flag.bulked && code === type.list))
    throw from.bad(`unknown flag ${flags} of a value`, at + 1);
  const plain = readPlain(code, from);
  return plain === undefined ? from.within(() => readHolding(code, flags, from, at)) : plain;
}

/** For places where only values can stand. The types of both are told apart by those who take them. */
export function readGValue(from: BytesIn): GValue {
  return readValue(from) as GValue;
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
      return readValue(from);
    case type.traverser:
      from.int64();
      return readValue(from);
    case type.traversalMetrics:
      return readTraversalMetrics(from);
    case type.metrics:
      return readMetrics(from);
    default:
      throw from.bad(`unknown type 0x${code.toString(16).padStart(2, '0')}`, at);
  }
}

/** A count and that many values. */
export function readItems(from: BytesIn, what: string): readonly GValue[] {
  const count = from.count(2, what);
  const items: GValue[] = [];
  for (let i = 0; i < count; i++) items.push(readGValue(from));
  return items;
}

/** Each item is followed by how often it stands there. */
function readBulked(from: BytesIn): readonly GValue[] {
  const count = from.count(10, 'a list');
  const items: GValue[] = [];
  for (let i = 0; i < count; i++) {
    const item = readGValue(from);
    const times = readTimes(from);
    from.unfold(times);
    for (let k = 0; k < times; k++) items.push(item);
  }
  return items;
}

export function readTimes(from: BytesIn): number {
  const { at } = from;
  const times = from.safeInt64('a count');
  if (times < 0) throw from.bad(`a count of ${times}`, at);
  return times;
}

export function readMap(from: BytesIn): GMap {
  const count = from.count(4, 'a map');
  const map = new GMap();
  for (let i = 0; i < count; i++) {
    const key = from.asKey(() => readGValue(from));
    map.set(key, readGValue(from));
  }
  return map;
}

function readBulkSet(from: BytesIn): BulkSet {
  const count = from.count(10, 'a bulk set');
  const counts = new GMap();
  for (let i = 0; i < count; i++) {
    const item = from.asKey(() => readGValue(from));
    counts.set(item, readTimes(from) + ((counts.get(item) as number | undefined) ?? 0));
  }
  return new BulkSet(counts);
}

function readTree(from: BytesIn): Tree {
  const count = from.count(6, 'a tree');
  const entries = new GMap();
  for (let i = 0; i < count; i++) {
    const key = from.asKey(() => readGValue(from));
    entries.set(
      key,
      from.within(() => readTree(from)),
    );
  }
  return new Tree(entries);
}

function readPath(from: BytesIn): Path {
  const { at } = from;
  const labels = readGValue(from);
  const objects = readGValue(from);
  if (!Array.isArray(labels) || !Array.isArray(objects) || labels.length !== objects.length)
    throw from.bad('a path needs labels for each of its objects', at);
  return new Path(
    objects,
    labels.map((names) => [...(names as Iterable<string>)]),
  );
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
  const { at } = from;
  const scale = from.int32();
  if (Math.abs(scale) > scaleMax) throw from.bad(`a decimal of scale ${scale}; it may be ${scaleMax} at most`, at);
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
  const name = readGValue(from);
  const token = typeof name === 'string' ? tokenNamed(kind, name) : undefined;
  if (token === undefined) throw from.bad(`no ${kind} named ${JSON.stringify(name)}`, at);
  return token;
}
