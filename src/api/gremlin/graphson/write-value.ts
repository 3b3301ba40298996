/** Values as GraphSON 3, each with its type; or without types, for those who read plain JSON. */
import { type Argument, Bytecode, CardinalityValue, Lambda, Strategy } from '../../../query/gremlin/bytecode.ts';
import { numberNames } from '../../../query/gremlin/graphson/number.ts';
import { GMap, GSet } from '../../../query/gremlin/value/collections.ts';
import { javaDateTimeText } from '../../../query/gremlin/value/datetime.ts';
import { durationText } from '../../../query/gremlin/value/duration.ts';
import { isList } from '../../../query/gremlin/value/identity.ts';
import { Num, type NumType, type NumValue, naturalType } from '../../../query/gremlin/value/num.ts';
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
import { writtenDepthMax, writtenMax } from '../codec-limits.ts';
import { explanationMap } from '../explanation-map.ts';
import { tooDeep, tooLarge } from '../too-large.ts';
import type { WireElements } from '../wire-elements.ts';
import { doubleJson, floatJson, longText, quote } from './json-text.ts';
import { type Target, typed, writeList } from './target.ts';
import { writeBytecode, writeLambda, writePredicate, writeStrategy } from './write-bytecode.ts';
import { writeBulkSet, writeMap, writeTree } from './write-collection.ts';
import {
  writeEdge,
  writeGraph,
  writeProperty,
  writeReference,
  writeVertex,
  writeVertexProperty,
} from './write-element.ts';
import { writeMetrics } from './write-metrics.ts';

export function targetOf(elements: WireElements, isTyped: boolean): Target {
  let depth = 0;
  const to: Target = {
    elements,
    isTyped,
    value(value) {
      if (++depth > writtenDepthMax) throw tooDeep();
      const text = writeValue(value, to);
      if (text.length > writtenMax) throw tooLarge();
      depth--;
      return text;
    },
  };
  return to;
}

function writeValue(value: Argument, to: Target): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return writeNumber(value, to);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Num) return writeNum(value, to);
  if (isList(value)) return typed('g:List', writeList(value, to), to);
  if ('kind' in value) return value.kind === 'node' ? writeVertex(value, to) : writeEdge(value, to);
  return writeOther(value, to);
}

function writeNumber(value: number, { isTyped }: Target): string {
  switch (naturalType(value)) {
    case 'int':
      return isTyped ? `{"@type":"g:Int32","@value":${value}}` : `${value}`;
    case 'long':
      return isTyped ? `{"@type":"g:Int64","@value":${longText(value)}}` : longText(value);
    default:
      return isTyped ? `{"@type":"g:Double","@value":${doubleJson(value)}}` : doubleJson(value);
  }
}

function writeNum({ type, value }: Num, to: Target): string {
  return typed(numberNames[type], numJson(type, value), to);
}

function numJson(type: NumType, value: NumValue): string {
  if (type === 'double') return doubleJson(Number(value));
  return type === 'float' ? floatJson(Number(value)) : `${value}`;
}

type Other = Exclude<Argument, null | boolean | number | string | Num | readonly unknown[] | { readonly kind: string }>;

function writeOther(value: Other, to: Target): string {
  if (value instanceof GMap) return writeMap(value, to);
  if (value instanceof VertexProperty) return writeVertexProperty(value, to);
  if (value instanceof Token) return typed(`g:${value.type}`, quote(value.name), to);
  if (value instanceof GSet) return typed('g:Set', writeList([...value], to), to);
  if (value instanceof Path) return writePath(value, to);
  if (value instanceof Property) return writeProperty(value.key, value.value, to);
  if (value instanceof DateTime) return typed('gx:OffsetDateTime', quote(javaDateTimeText(value)), to);
  if (value instanceof Uuid) return typed('g:UUID', quote(value.value), to);
  if (value instanceof Duration) return typed('gx:Duration', quote(durationText(value)), to);
  if (value instanceof Binary) return typed('gx:ByteBuffer', quote(Buffer.from(value.bytes).toString('base64')), to);
  if (value instanceof BulkSet) return writeBulkSet(value, to);
  if (value instanceof Tree) return writeTree(value, to);
  if (value instanceof GraphResult) return writeGraph(value, to);
  if (value instanceof TraversalMetrics) return writeMetrics(value, to);
  if (value instanceof TraversalExplanation)
    return typed('g:TraversalExplanation', writeMap(explanationMap(value), to), to);
  if (value instanceof ClassName) return typed('g:Class', quote(value.name), to);
  if (value instanceof Reference) return writeReference(value, to);
  if (value instanceof Predicate) return writePredicate(value, to);
  if (value instanceof Bytecode || value instanceof CardinalityValue) return writeBytecode(value, to);
  if (value instanceof Strategy) return writeStrategy(value, to);
  if (value instanceof Lambda) return writeLambda(value, to);
  return value satisfies never;
}

function writePath({ objects, labels }: Path, to: Target): string {
  const names = labels.map((each) => typed('g:Set', `[${each.map(quote).join()}]`, to));
  return typed(
    'g:Path',
    `{"labels":${typed('g:List', `[${names.join()}]`, to)},"objects":${typed('g:List', writeList(objects, to), to)}}`,
    to,
  );
}
