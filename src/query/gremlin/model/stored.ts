/**
 * Values of properties as the graph keeps them. It keeps what JSON can say, compares it, and archives it; so what JSON has
 * no word for is an object of a type and a value, and an object is nothing else.
 */
import type { Metadata, Value } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { GMap, GSet } from '../value/collections.ts';
import { keyOf } from '../value/identity.ts';
import { Num, type NumType, type NumValue, num } from '../value/num.ts';
import { Token, tokenNamed } from '../value/token.ts';
import { Binary, DateTime, Duration, type GValue, Uuid } from '../value/value.ts';

/** Deeper than this no value of a property is. */
export const DEPTH_MAX = 64;

/** Throws a Mistake for what is no value of a property, such as a vertex. */
export function toStored(value: GValue, depth = 0): Value {
  if (typeof value === 'number') return isPlain(value) ? value : { t: 'double', v: numberToStored(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) throw mistake('query.value-too-deep', `a value is nested deeper than ${DEPTH_MAX}`);
  const inner = (item: GValue) => toStored(item, depth + 1);
  if (Array.isArray(value)) return (value as readonly GValue[]).map(inner);
  if (value instanceof Num) return { t: value.type, v: numberToStored(value.value) };
  if (value instanceof Uuid) return { t: 'uuid', v: value.value };
  if (value instanceof DateTime) return { t: 'datetime', v: [value.seconds, value.nanos, value.offset] };
  if (value instanceof Duration) return { t: 'duration', v: [value.seconds, value.nanos] };
  if (value instanceof Binary)
    return { t: 'binary', v: btoa(Array.from(value.bytes, (byte) => String.fromCharCode(byte)).join('')) };
  if (value instanceof GSet) return { t: 'set', v: Array.from(value, inner) };
  if (value instanceof GMap) return { t: 'map', v: Array.from(value, ([key, item]) => [inner(key), inner(item)]) };
  if (value instanceof Token) return { t: 'token', v: [value.type, value.name] };
  throw mistake('query.no-property-value', `Property value [${nameOf(value)}] is not supported`);
}

export function fromStored(value: Value): GValue {
  // Nearly every value.
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(fromStored);
  const { t, v } = value as { readonly t: string; readonly v: Value };
  const read = readers[t];
  if (read !== undefined) return read(v);
  return num(t as NumType, numberFromStored(t, v));
}

/**
 * What a stored value can be looked up by: the same scalar for all that a traversal holds for equal (1, 1L and 1.0), and
 * perhaps for some more. Undefined where only a look at the values tells.
 */
export function scalarOf(value: GValue): string | number | boolean | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (value instanceof Num) return scalarOf(Number(value.value));
  if (value instanceof Uuid) return value.value;
  return undefined;
}

/** Whether two values are one, as Java's equals has it. */
export function isSame(a: GValue, b: GValue): boolean {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left === right || (Number.isNaN(left) && Number.isNaN(right));
}

/** JSON has a word for it. */
function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function numberToStored(value: NumValue): Value {
  if (typeof value === 'number' && isPlain(value)) return value;
  return Object.is(value, -0) ? '-0' : String(value);
}

function numberFromStored(type: string, value: Value): NumValue {
  if (typeof value === 'number') return value;
  if (type === 'bigdecimal') return value as string;
  return type === 'long' || type === 'bigint' ? BigInt(value as string) : Number(value);
}

const readers: Readonly<Record<string, (value: Value) => GValue>> = {
  uuid: (value) => new Uuid(value as string),
  datetime: (value) => new DateTime(...(value as unknown as [number, number, number])),
  duration: (value) => new Duration(...(value as unknown as [number, number])),
  binary: (value) => new Binary(Uint8Array.from(atob(value as string), (char) => char.charCodeAt(0))),
  set: (value) => new GSet((value as readonly Value[]).map(fromStored)),
  map: (value) =>
    new GMap((value as readonly [Value, Value][]).map(([key, item]) => [fromStored(key), fromStored(item)])),
  token: (value) => tokenNamed(...(value as unknown as [string, string])) ?? null,
};

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function nameOf(value: object): string {
  return 'kind' in value && (value as Metadata).kind === 'node' ? 'Vertex' : value.constructor.name;
}
