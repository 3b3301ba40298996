/** Values as GraphBinary 1.0 writes them: type, flag, value. */
import { type Argument, Bytecode, CardinalityValue, Lambda, Strategy } from '../../../query/gremlin/bytecode.ts';
import { localOf } from '../../../query/gremlin/value/calendar.ts';
import { GMap, GSet } from '../../../query/gremlin/value/collections.ts';
import { decimalOf } from '../../../query/gremlin/value/decimal.ts';
import { isList } from '../../../query/gremlin/value/identity.ts';
import { Num, naturalType } from '../../../query/gremlin/value/num.ts';
import { Predicate } from '../../../query/gremlin/value/predicate.ts';
import { Reference } from '../../../query/gremlin/value/reference.ts';
import { Token } from '../../../query/gremlin/value/token.ts';
import {
  Binary,
  BulkSet,
  ClassName,
  DateTime,
  Duration,
  GraphResult,
  Path,
  Property,
  TraversalExplanation,
  TraversalMetrics,
  Tree,
  Uuid,
  VertexProperty,
} from '../../../query/gremlin/value/value.ts';
import { bigintBytes } from '../big-integer.ts';
import { writtenDepthMax } from '../codec-limits.ts';
import { explanationMap } from '../explanation-map.ts';
import { tooDeep } from '../too-large.ts';
import type { WireElements } from '../wire-elements.ts';
import type { BytesOut } from './bytes-out.ts';
import { type Target, writeEntries, writeItems, writeUuid } from './target.ts';
import { codeOfToken, flag, type } from './type-codes.ts';
import { writeBytecode, writeLambda, writePredicate, writeStrategy } from './write-bytecode.ts';
import {
  writeEdge,
  writeGraph,
  writeProperty,
  writeReference,
  writeVertex,
  writeVertexProperty,
} from './write-element.ts';
import { writeMetrics } from './write-metrics.ts';

export function targetOn(out: BytesOut, elements: WireElements): Target {
  let depth = 0;
  const to: Target = {
    out,
    elements,
    written: new Map(),
    value(value) {
      if (++depth > writtenDepthMax) throw tooDeep();
      writeValue(value, to);
      depth--;
    },
  };
  return to;
}

function writeValue(value: Argument, to: Target): void {
  const { out } = to;
  if (typeof value === 'string') {
    out.pair(type.string, flag.none);
    out.text(value);
  } else if (typeof value === 'number') writeNumber(value, out);
  else if (value === null) out.pair(type.null, flag.null);
  else if (typeof value === 'boolean') {
    out.pair(type.boolean, flag.none);
    out.byte(value ? 1 : 0);
  } else if (value instanceof Num) writeNum(value, out);
  else if (isList(value)) {
    out.pair(type.list, flag.none);
    writeItems(value, to);
  } else if ('kind' in value) {
    if (value.kind === 'node') writeVertex(value, to);
    else writeEdge(value, to);
  } else writeOther(value, to);
}

function writeNumber(value: number, out: BytesOut): void {
  switch (naturalType(value)) {
    case 'int':
      out.pair(type.int, flag.none);
      out.int32(value);
      return;
    case 'long':
      out.pair(type.long, flag.none);
      out.int64(value);
      return;
    default:
      out.pair(type.double, flag.none);
      out.float64(value);
      return;
  }
}

function writeNum({ type: kind, value }: Num, out: BytesOut): void {
  switch (kind) {
    case 'byte':
      out.pair(type.byte, flag.none);
      out.byte(Number(value));
      return;
    case 'short':
      out.pair(type.short, flag.none);
      out.int16(Number(value));
      return;
    case 'int':
      out.pair(type.int, flag.none);
      out.int32(Number(value));
      return;
    case 'long':
      out.pair(type.long, flag.none);
      out.int64(typeof value === 'bigint' ? value : Number(value));
      return;
    case 'float':
      out.pair(type.float, flag.none);
      out.float32(Number(value));
      return;
    case 'double':
      out.pair(type.double, flag.none);
      out.float64(Number(value));
      return;
    case 'bigint':
      out.pair(type.bigInteger, flag.none);
      writeBigint(BigInt(value), out);
      return;
    case 'bigdecimal': {
      const decimal = decimalOf(String(value));
      out.pair(type.bigDecimal, flag.none);
      out.int32(decimal.scale);
      writeBigint(decimal.unscaled, out);
      return;
    }
  }
}

function writeBigint(value: bigint, out: BytesOut): void {
  const bytes = bigintBytes(value);
  out.int32(bytes.length);
  out.raw(bytes);
}

type Other = Exclude<Argument, null | boolean | number | string | Num | readonly unknown[] | { readonly kind: string }>;

function writeOther(value: Other, to: Target): void {
  const { out } = to;
  if (value instanceof GMap) {
    out.pair(type.map, flag.none);
    writeEntries(value, value.size, to);
  } else if (value instanceof VertexProperty) writeVertexProperty(value, to);
  else if (value instanceof Token) {
    out.pair(codeOfToken[value.type], flag.none);
    out.pair(type.string, flag.none);
    out.text(value.name);
  } else if (value instanceof GSet) {
    out.pair(type.set, flag.none);
    writeItems([...value], to);
  } else if (value instanceof Path) writePath(value, to);
  else if (value instanceof Property) writeProperty(value.key, value.value, to);
  else if (value instanceof DateTime) writeDateTime(value, out);
  else if (value instanceof Uuid) {
    out.pair(type.uuid, flag.none);
    writeUuid(value.value, out);
  } else if (value instanceof Duration) {
    out.pair(type.duration, flag.none);
    out.int64(value.seconds);
    out.int32(value.nanos);
  } else if (value instanceof Binary) {
    out.pair(type.byteBuffer, flag.none);
    out.int32(value.bytes.length);
    out.raw(value.bytes);
  } else if (value instanceof BulkSet) {
    out.pair(type.bulkSet, flag.none);
    out.int32(value.counts.size);
    for (const [item, count] of value.counts) {
      to.value(item);
      out.int64(count as number);
    }
  } else if (value instanceof Tree) {
    out.pair(type.tree, flag.none);
    writeTree(value, to);
  } else if (value instanceof GraphResult) writeGraph(value, to);
  else if (value instanceof TraversalMetrics) {
    out.pair(type.traversalMetrics, flag.none);
    out.int64(value.durationNanos);
    writeMetrics(value.metrics, to);
  } else if (value instanceof TraversalExplanation) to.value(explanationMap(value));
  else if (value instanceof ClassName) {
    out.pair(type.class, flag.none);
    out.text(value.name);
  } else if (value instanceof Reference) writeReference(value, to);
  else if (value instanceof Predicate) writePredicate(value, to);
  else if (value instanceof Bytecode || value instanceof CardinalityValue) writeBytecode(value, to);
  else if (value instanceof Strategy) writeStrategy(value, to);
  else if (value instanceof Lambda) writeLambda(value, to);
  else value satisfies never;
}

function writePath({ objects, labels }: Path, to: Target): void {
  const { out } = to;
  out.pair(type.path, flag.none);
  out.pair(type.list, flag.none);
  out.int32(labels.length);
  for (const names of labels) {
    out.pair(type.set, flag.none);
    writeItems(names, to);
  }
  out.pair(type.list, flag.none);
  writeItems(objects, to);
}

/** The type and the flag are the root's alone. */
function writeTree({ entries }: Tree, to: Target, depth = 0): void {
  if (depth > writtenDepthMax) throw tooDeep();
  to.out.int32(entries.size);
  for (const [key, below] of entries) {
    to.value(key);
    writeTree(below as Tree, to, depth + 1);
  }
}

function writeDateTime(at: DateTime, out: BytesOut): void {
  const { year, month, day, seconds, nanos } = localOf(at);
  out.pair(type.offsetDateTime, flag.none);
  out.int32(year);
  out.pair(month, day);
  out.int64(seconds * 1e9 + nanos);
  out.int32(at.offset);
}
