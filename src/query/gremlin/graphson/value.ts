/**
 * Values of properties and ids in GraphSON 3 (TinkerPop's I/O reference): `{"@type":"g:Int64","@value":5}`. What JSON says
 * itself, a text or true, has no type around it; a bare number is what it looks like.
 */
import { mistake } from '../../../std/mistake.ts';
import { secondsMax } from '../value/calendar.ts';
import { GMap, GSet } from '../value/collections.ts';
import { dateTimeOf, dateTimeText } from '../value/datetime.ts';
import { durationOf, durationText } from '../value/duration.ts';
import { Num, type NumType, type NumValue, numType } from '../value/num.ts';
import { Binary, DateTime, Duration, type GValue, Uuid } from '../value/value.ts';
import { isWhole, numberFrom, numberNames, numberTypeNamed } from './number.ts';

/** Deeper than this no value is. */
export const DEPTH_MAX = 64;

/** Throws a Mistake for what is no such value. */
export function fromGraphson(json: unknown, depth = 0): GValue {
  if (typeof json !== 'object' || json === null) return json as GValue;
  if (depth > DEPTH_MAX) throw wrong(`a value is nested deeper than ${DEPTH_MAX}`);
  const inner = (item: unknown) => fromGraphson(item, depth + 1);
  if (Array.isArray(json)) return json.map(inner);
  if (!Object.hasOwn(json, '@type')) return new GMap(Object.entries(json).map(([key, value]) => [key, inner(value)]));
  const { '@type': type, '@value': value } = json as { '@type': unknown; '@value': unknown };
  const number = numberTypeNamed(type);
  if (number !== undefined) return numberOf(number, value);
  switch (type) {
    case 'g:List':
      return listOf(value, type).map(inner);
    case 'g:Set':
      return new GSet(listOf(value, type).map(inner));
    case 'g:Map':
      return mapFrom(listOf(value, type).map(inner));
    case 'g:UUID':
      return new Uuid(textOf(value, type));
    case 'g:Date':
    case 'g:Timestamp':
      return dateOf(value);
    case 'gx:OffsetDateTime':
    case 'gx:Instant':
    case 'gx:ZonedDateTime':
      return dateTimeOf(textOf(value, type)) ?? fail(`${JSON.stringify(value)} is no date`);
    case 'gx:Duration':
      return durationOf(textOf(value, type)) ?? fail(`${JSON.stringify(value)} is no duration`);
    case 'gx:ByteBuffer':
      return bytesOf(textOf(value, type));
    case 'gx:Char':
      return textOf(value, type);
    default:
      throw wrong(`no value of a property has the type ${JSON.stringify(type)}`);
  }
}

/** Throws a Mistake for what is no value of a property. */
export function toGraphson(value: GValue): unknown {
  if (typeof value === 'number' || value instanceof Num) return numberTo(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return typed('g:List', (value as readonly GValue[]).map(toGraphson));
  if (value instanceof GSet) return typed('g:Set', Array.from(value, toGraphson));
  if (value instanceof GMap) return typed('g:Map', Array.from(value).flat().map(toGraphson));
  if (value instanceof Uuid) return typed('g:UUID', value.value);
  if (value instanceof DateTime) return typed('gx:OffsetDateTime', dateText(value));
  if (value instanceof Duration) return typed('gx:Duration', durationText(value));
  if (value instanceof Binary)
    return typed('gx:ByteBuffer', btoa(Array.from(value.bytes, (byte) => String.fromCharCode(byte)).join('')));
  throw wrong('a value is of a kind that GraphSON files have no word for');
}

function numberOf(type: NumType, value: unknown): GValue {
  if (typeof value !== 'number' && typeof value !== 'string') throw wrong(`${JSON.stringify(value)} is no number`);
  return numberFrom(type, value) ?? fail(noNumber(type, value));
}

function noNumber(type: NumType, value: number | string): string {
  if (type === 'float' || type === 'double' || type === 'bigdecimal') return `${JSON.stringify(value)} is no number`;
  return isWhole(value) ? `${value} is no ${type}` : `${JSON.stringify(value)} is no whole number`;
}

function numberTo(value: number | Num): unknown {
  const plain: NumValue = typeof value === 'number' ? value : value.value;
  const isJson = typeof plain === 'number' && Number.isFinite(plain) && !Object.is(plain, -0);
  return typed(numberNames[numType(value)], isJson ? plain : Object.is(plain, -0) ? '-0.0' : String(plain));
}

function dateText(value: DateTime): string {
  if (Math.abs(value.seconds) > secondsMax) throw wrong('a date lies too far away for a file');
  return dateTimeText(value);
}

function mapFrom(flat: readonly GValue[]): GMap {
  if (flat.length % 2 !== 0) throw wrong('a g:Map has a key without a value');
  const map = new GMap();
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i] as GValue, flat[i + 1] as GValue);
  return map;
}

function dateOf(value: unknown): DateTime {
  const ms = typeof value === 'object' && value !== null ? (value as { '@value'?: unknown })['@value'] : value;
  if (!Number.isSafeInteger(ms)) throw wrong(`${JSON.stringify(value)} is no date`);
  const seconds = Math.floor((ms as number) / 1000);
  return new DateTime(seconds, ((ms as number) - seconds * 1000) * 1e6);
}

function bytesOf(text: string): Binary {
  if (!BASE64.test(text)) throw wrong('a gx:ByteBuffer is no base64');
  return new Binary(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
}

function listOf(value: unknown, type: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`the value of a ${type} is no list`);
}

function textOf(value: unknown, type: string): string {
  return typeof value === 'string' ? value : fail(`the value of a ${type} is no text`);
}

function typed(type: string, value: unknown): unknown {
  return { '@type': type, '@value': value };
}

function fail(message: string): never {
  throw wrong(message);
}

function wrong(message: string): Error {
  return mistake('graphson.value', message);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
