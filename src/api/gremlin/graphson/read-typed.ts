/** What follows an `@type`. The names are TinkerPop's ("IO Reference", GraphSON 3.0 and its extended types). */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import { GMap, GSet } from '../../../query/gremlin/value/collections.ts';
import { isNumber, toNumber } from '../../../query/gremlin/value/num.ts';
import { tokenNamed } from '../../../query/gremlin/value/token.ts';
import {
  Binary,
  BulkSet,
  ClassName,
  DateTime,
  type GValue,
  Path,
  Tree,
  Uuid,
} from '../../../query/gremlin/value/value.ts';
import { dateTimeOf, secondsMax } from '../calendar.ts';
import { durationOf } from '../iso-duration.ts';
import { uuidOf } from '../message.ts';
import type { GraphsonIn } from './graphson-in.ts';
import { readBinding, readBytecode, readLambda, readPredicate, readStrategy } from './read-bytecode.ts';
import { readEdge, readGraph, readProperty, readVertex, readVertexProperty } from './read-element.ts';
import { readExplanation, readMetrics, readTraversalMetrics } from './read-metrics.ts';
import { readNumber } from './read-number.ts';
import { readGValue, readItems, readValue } from './read-value.ts';

export function readTyped(type: string, json: unknown, from: GraphsonIn): Argument {
  if (json === null) return null;
  switch (type) {
    case 'g:List':
      return readItems(list(json, from), from);
    case 'g:Map':
      return readMap(json, from);
    case 'g:Set':
      return from.asKey(() => new GSet(readItems(list(json, from), from)));
    case 'g:BulkSet':
      return readBulkSet(json, from);
    case 'g:UUID':
      return readUuid(json, from);
    case 'g:Date':
    case 'g:Timestamp':
      return readMillis(json, from);
    case 'gx:OffsetDateTime':
    case 'gx:Instant':
    case 'gx:ZonedDateTime':
    case 'gx:LocalDateTime':
    case 'gx:LocalDate':
      return dateTimeOf(text(json, from)) ?? bad('a date of ISO 8601 should stand here', from);
    case 'gx:Duration':
      return durationOf(text(json, from)) ?? bad('a duration such as PT1H30M should stand here', from);
    // What has no place in the value model stays as it is written.
    case 'gx:LocalTime':
    case 'gx:OffsetTime':
    case 'gx:ZoneOffset':
    case 'gx:MonthDay':
    case 'gx:Year':
    case 'gx:YearMonth':
    case 'gx:Period':
    case 'gx:InetAddress':
    case 'gx:Char':
      return text(json, from);
    case 'gx:ByteBuffer':
      return new Binary(Uint8Array.from(Buffer.from(text(json, from), 'base64')));
    case 'g:Class':
      return new ClassName(text(json, from));
    case 'g:Bytecode':
      return readBytecode(json, from);
    case 'g:P':
    case 'g:TextP':
      return readPredicate(json, type === 'g:TextP', from);
    case 'g:Lambda':
      return readLambda(json, from);
    case 'g:Binding':
      return readBinding(json, from);
    case 'g:Vertex':
      return readVertex(json, from);
    case 'g:Edge':
      return readEdge(json, from);
    case 'g:VertexProperty':
      return readVertexProperty(json, from);
    case 'g:Property':
      return readProperty(json, from);
    case 'g:Path':
      return readPath(json, from);
    case 'g:Tree':
      return readTree(json, from);
    case 'tinker:graph':
      return readGraph(json, from);
    case 'g:Traverser':
      return readValue(fields(json, from).value, from);
    case 'g:TraversalMetrics':
      return readTraversalMetrics(json, from);
    case 'g:Metrics':
      return readMetrics(json, from);
    case 'g:TraversalExplanation':
      return readExplanation(json, from);
    default:
      return readNumber(type, json, from) ?? readToken(type, json) ?? readStrategy(type, json, from);
  }
}

export function readMap(json: unknown, from: GraphsonIn): GMap {
  // GraphSON 2, and some clients, write an object.
  if (!Array.isArray(json)) {
    const map = new GMap();
    for (const [key, value] of Object.entries(fields(json, from))) map.set(key, readGValue(value, from));
    return map;
  }
  return pairs(json, from, (key, value, map) => map.set(key, readGValue(value, from)));
}

function readBulkSet(json: unknown, from: GraphsonIn): BulkSet {
  return new BulkSet(
    pairs(list(json, from), from, (item, times, counts) => {
      const read = readGValue(times, from);
      const count = isNumber(read) ? toNumber(read) : -1;
      if (!Number.isSafeInteger(count) || count < 0) throw from.bad('a count should stand here');
      counts.set(item, count + ((counts.get(item) as number | undefined) ?? 0));
    }),
  );
}

/** A flat list of keys and values. */
function pairs(json: readonly unknown[], from: GraphsonIn, add: (key: GValue, value: unknown, to: GMap) => void): GMap {
  if (json.length % 2 !== 0) throw from.bad('a key has no value');
  const map = new GMap();
  for (let i = 0; i < json.length; i += 2)
    from.within(i, () => {
      const key = from.asKey(() => readGValue(json[i], from));
      add(key, json[i + 1], map);
    });
  return map;
}

function readUuid(json: unknown, from: GraphsonIn): Uuid {
  return new Uuid(uuidOf(text(json, from)) ?? bad('a UUID should stand here', from));
}

function readMillis(json: unknown, from: GraphsonIn): DateTime {
  if (typeof json !== 'number' || Math.abs(json) > secondsMax * 1000)
    throw from.bad('milliseconds since 1970 should stand here');
  const millis = Math.trunc(json);
  const seconds = Math.floor(millis / 1000);
  return new DateTime(seconds, (millis - seconds * 1000) * 1e6);
}

function readPath(json: unknown, from: GraphsonIn): Path {
  const { labels, objects } = fields(json, from);
  const steps = readGValue(objects, from);
  const names = readGValue(labels, from);
  if (!Array.isArray(steps) || !Array.isArray(names) || steps.length !== names.length)
    throw from.bad('a path needs labels for each of its objects');
  return new Path(
    steps,
    names.map((each) => namesOf(each, from)),
  );
}

function namesOf(value: GValue, from: GraphsonIn): string[] {
  const names = value instanceof GSet || Array.isArray(value) ? [...(value as Iterable<GValue>)] : [];
  if (!names.every((name) => typeof name === 'string')) throw from.bad('labels are texts');
  return names;
}

function readTree(json: unknown, from: GraphsonIn): Tree {
  const entries = new GMap();
  for (const [i, branch] of list(json, from).entries())
    from.within(i, () => {
      const { key, value } = fields(branch, from);
      const below = readGValue(value, from);
      if (!(below instanceof Tree)) throw from.bad('a tree should stand here');
      entries.set(
        from.asKey(() => readGValue(key, from)),
        below,
      );
    });
  return new Tree(entries);
}

function readToken(type: string, json: unknown): Argument | undefined {
  return type.startsWith('g:') && typeof json === 'string' ? tokenNamed(type.slice(2), json) : undefined;
}

export function list(json: unknown, from: GraphsonIn): readonly unknown[] {
  return Array.isArray(json) ? json : bad('a list should stand here', from);
}

export function fields(json: unknown, from: GraphsonIn): { readonly [name: string]: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw from.bad('an object should stand here');
  return json as { [name: string]: unknown };
}

export function text(json: unknown, from: GraphsonIn): string {
  return typeof json === 'string' ? json : bad('a text should stand here', from);
}

export function bad(what: string, from: GraphsonIn): never {
  throw from.bad(what);
}
