/** What follows an `@type`. The names are TinkerPop's ("IO Reference", GraphSON 3.0 and its extended types). */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import { secondsMax } from '../../../query/gremlin/value/calendar.ts';
import { GSet } from '../../../query/gremlin/value/collections.ts';
import { javaDateTimeOf } from '../../../query/gremlin/value/datetime.ts';
import { durationOf } from '../../../query/gremlin/value/duration.ts';
import { tokenNamed } from '../../../query/gremlin/value/token.ts';
import { Binary, ClassName, DateTime, type Path, Uuid } from '../../../query/gremlin/value/value.ts';
import { uuidOf } from '../message.ts';
import { pathOf } from '../path-of.ts';
import type { GraphsonIn } from './graphson-in.ts';
import { readBinding, readBytecode, readLambda, readPredicate, readStrategy } from './read-bytecode.ts';
import { readBulkSet, readItems, readMap, readTree } from './read-collection.ts';
import { readEdge, readGraph, readProperty, readVertex, readVertexProperty } from './read-element.ts';
import { readExplanation, readMetrics, readTraversalMetrics } from './read-metrics.ts';
import { readNumber } from './read-number.ts';
import { bad, fields, list, text } from './shapes.ts';

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
      return javaDateTimeOf(text(json, from)) ?? bad('a date of ISO 8601 should stand here', from);
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
      return readBytes(text(json, from));
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
      return from.value(fields(json, from).value);
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

function readUuid(json: unknown, from: GraphsonIn): Uuid {
  return new Uuid(uuidOf(text(json, from)) ?? bad('a UUID should stand here', from));
}

/** gremlinpython writes each byte as a character of its own. */
function readBytes(written: string): Binary {
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(written);
  return new Binary(Uint8Array.from(Buffer.from(written, isBase64 ? 'base64' : 'latin1')));
}

function readMillis(json: unknown, from: GraphsonIn): DateTime {
  if (typeof json !== 'number' || Math.abs(json) > secondsMax * 1000)
    throw from.bad('milliseconds since 1970 should stand here');
  const millis = Math.trunc(json);
  const seconds = Math.floor(millis / 1000);
  return new DateTime(seconds, (millis - seconds * 1000) * 1e6);
}

function readPath(json: unknown, from: GraphsonIn): Path {
  const { labels = null, objects = null } = fields(json, from);
  const path = pathOf(from.gvalue(labels), from.gvalue(objects));
  return path ?? bad('a path is a list of sets of labels, and a list of as many objects', from);
}

function readToken(type: string, json: unknown): Argument | undefined {
  return type.startsWith('g:') && typeof json === 'string' ? tokenNamed(type.slice(2), json) : undefined;
}
