/**
 * Values of GraphSON 3: `{"@type": "g:Int64", "@value": 1}`. GraphSON 2 is read as well, whose lists and maps are plain
 * JSON; so is plain JSON, whose whole numbers are int or long by their size.
 */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import { GMap } from '../../../query/gremlin/value/collections.ts';
import { GraphsonIn } from './graphson-in.ts';
import { NumberText } from './parse-json.ts';
import { readItems } from './read-collection.ts';
import { plainNumber } from './read-number.ts';
import { readTyped } from './read-typed.ts';

/** A value as `JSON.parse` or `parseJson` gave it. Throws a Mistake that says where for what is none. */
export function readGraphson(json: unknown): Argument {
  return readValue(json, valuesOf());
}

export function valuesOf(): GraphsonIn {
  return new GraphsonIn(readValue);
}

function readValue(json: unknown, from: GraphsonIn): Argument {
  if (typeof json === 'string' || typeof json === 'boolean' || json === null) return json;
  if (typeof json === 'number' || json instanceof NumberText) return plainNumber(json);
  if (Array.isArray(json)) return readItems(json, from);
  if (typeof json !== 'object') throw from.bad('a value is missing');
  const { '@type': type, '@value': value } = json as { '@type'?: unknown; '@value'?: unknown };
  if (type === undefined) return readObject(json, from);
  if (typeof type !== 'string') throw from.bad('a type is a text');
  return from.within(type, () => readTyped(type, value, from));
}

function readObject(json: object, from: GraphsonIn): GMap {
  const map = new GMap();
  for (const [key, value] of Object.entries(json)) map.set(key, from.child(key, value));
  return map;
}
