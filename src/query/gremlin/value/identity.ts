/** What makes two values one key of a map or set: Java's equals. */
import { mistake } from '../../../std/mistake.ts';
import { Bytecode } from '../bytecode.ts';
import { Num } from './num.ts';
import { Predicate } from './predicate.ts';
import { Reference } from './reference.ts';
import { Token } from './token.ts';
import {
  Binary,
  BulkSet,
  ClassName,
  DateTime,
  Duration,
  GraphResult,
  type GValue,
  Path,
  Property,
  Tree,
  Uuid,
  VertexProperty,
} from './value.ts';

/** Values are the same when their keys are `===` (or both NaN), as a Map compares them. */
export function keyOf(value: GValue): unknown {
  if (typeof value === 'string') return value.charCodeAt(0) === 0 ? `\0s${value}` : value;
  // Nearly all others are numbers and elements.
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Num) return `\0n${value.type} ${value.value}`;
  if (isList(value)) return `\0l${parts(value)}`;
  if (value instanceof Uuid) return `\0u${value.value}`;
  if (value instanceof DateTime) return `\0t${value.seconds} ${value.nanos} ${value.offset}`;
  if (value instanceof Duration) return `\0d${value.seconds} ${value.nanos}`;
  if (value instanceof Collection) return value.key();
  if (value instanceof VertexProperty) return `\0V${part(value.id)}`;
  if (value instanceof Property) return `\0p${parts([value.key, value.value])}`;
  if (value instanceof Path) return `\0P${parts(value.objects)}`;
  if (value instanceof Tree) return `\0T${part(value.entries)}`;
  if (value instanceof BulkSet) return `\0B${part(value.counts)}`;
  if (value instanceof Token || value instanceof Predicate || value instanceof Bytecode) return value;
  if (value instanceof Binary) return `\0b${value.bytes.join()}`;
  if (value instanceof ClassName) return `\0c${value.name}`;
  if (value instanceof GraphResult) return value;
  if (value instanceof Reference) return `\0R${parts([value.names, value.id, value.label, value.value])}`;
  // An element: one id is one thing, whatever its version.
  if ('kind' in value) return value.kind === 'node' ? `\0N${value.id}` : `\0E${value.id}`;
  return value;
}

/** What says itself what it is made of. */
export abstract class Collection {
  abstract key(): string;
}

/** A small value may hold itself in many places: then what tells it from others is long. Characters. */
export const KEY_LENGTH_MAX = 4 * 1024 * 1024;

/** Throws a Mistake where they are too much to compare. */
export function partsOf(values: Iterable<GValue>): string[] {
  const texts: string[] = [];
  let length = 0;
  for (const value of values) {
    const text = part(value);
    length += text.length;
    if (length > KEY_LENGTH_MAX)
      throw mistake('gremlin.too-large', `a value is too large to be compared: ${KEY_LENGTH_MAX} characters (limit)`);
    texts.push(text);
  }
  return texts;
}

function parts(values: readonly GValue[]): string {
  return partsOf(values).join('');
}

/** With its length, so that no two lists of parts are one text. */
export function part(value: GValue): string {
  const key = keyOf(value);
  const text = typeof key === 'string' ? key : `${typeof key} ${objectText(key)}`;
  return `${text.length}:${text}`;
}

function objectText(key: unknown): string {
  if (key instanceof Token) return `${key.type}.${key.name}`;
  return String(key);
}

export function isList(value: unknown): value is readonly GValue[] {
  return Array.isArray(value);
}
