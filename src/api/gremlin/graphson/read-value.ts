/**
 * Values of GraphSON 3: `{"@type": "g:Int64", "@value": 1}`. GraphSON 2 is read as well, whose lists and maps are plain
 * JSON; so is plain JSON, whose whole numbers are int or long by their size.
 */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import { GMap } from '../../../query/gremlin/value/collections.ts';
import type { GValue } from '../../../query/gremlin/value/value.ts';
import { GraphsonIn } from './graphson-in.ts';
import { NumberText } from './parse-json.ts';
import { plainNumber } from './read-number.ts';
import { readTyped } from './read-typed.ts';

/** A value as `JSON.parse` or `parseJson` gave it. Throws a Mistake that says where for what is none. */
export function readGraphson(json: unknown): Argument {
  return readValue(json, new GraphsonIn());
}

export function readValue(json: unknown, from: GraphsonIn): Argument {
  if (typeof json === 'string' || typeof json === 'boolean' || json === null) return json;
  if (typeof json === 'number' || json instanceof NumberText) return plainNumber(json);
  if (Array.isArray(json)) return readItems(json, from);
  if (typeof json !== 'object') throw from.bad('a value is missing');
  const { '@type': type, '@value': value } = json as { '@type'?: unknown; '@value'?: unknown };
  if (type === undefined) return readObject(json, from);
  if (typeof type !== 'string') throw from.bad('a type is a text');
  return from.within(type, () => readTyped(type, value, from));
}

/** For places where only values can stand. The types of both are told apart by those who take them. */
export function readGValue(json: unknown, from: GraphsonIn): GValue {
  return readValue(json, from) as GValue;
}

export function readItems(json: readonly unknown[], from: GraphsonIn): readonly GValue[] {
  return json.map((item, i) => from.within(i, () => readGValue(item, from)));
}

function readObject(json: object, from: GraphsonIn): GMap {
  const map = new GMap();
  for (const [key, value] of Object.entries(json))
    map.set(
      key,
      from.within(key, () => readGValue(value, from)),
    );
  return map;
}
