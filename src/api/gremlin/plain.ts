/** Values of a traversal as JSON without types: for doors that speak plain JSON, and for metadata. */
import type { Element, Value } from '../../graph/element.ts';
import { GMap, GSet } from '../../query/gremlin/value/collections.ts';
import { dateTimeText } from '../../query/gremlin/value/datetime.ts';
import { durationText } from '../../query/gremlin/value/duration.ts';
import { Num } from '../../query/gremlin/value/num.ts';
import { Token } from '../../query/gremlin/value/token.ts';
import {
  Binary,
  BulkSet,
  DateTime,
  Duration,
  type GValue,
  Path,
  Property,
  Tree,
  Uuid,
  VertexProperty,
} from '../../query/gremlin/value/value.ts';

/** `elementOf`: how elements are told. `otherwise`: what JSON has no word for. Both may throw a Mistake. */
export interface PlainWords {
  elementOf(element: Element): Value;
  otherwise(value: GValue): Value;
}

export function plain(value: GValue, words: PlainWords): Value {
  if (typeof value !== 'object' || value === null) return typeof value === 'number' ? numeric(value) : value;
  const inner = (item: GValue) => plain(item, words);
  if (Array.isArray(value)) return (value as readonly GValue[]).map(inner);
  if (value instanceof Num) return numeric(value.value);
  if (value instanceof GMap)
    return Object.fromEntries(Array.from(value, ([key, item]) => [keyText(inner(key)), inner(item)]));
  if (value instanceof GSet) return Array.from(value, inner);
  if (value instanceof BulkSet)
    return Array.from(value.counts).flatMap(([item, count]) => new Array<Value>(Number(count)).fill(inner(item)));
  if (value instanceof Uuid) return value.value;
  if (value instanceof DateTime) return dateTimeText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Binary) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof Token) return value.name;
  if (value instanceof VertexProperty || value instanceof Property)
    return { key: value.key, value: inner(value.value) };
  if (value instanceof Path) return value.objects.map(inner);
  if (value instanceof Tree)
    return Array.from(value.entries, ([key, item]) => ({ key: inner(key), value: inner(item) }));
  if ('kind' in value) return words.elementOf(value);
  return words.otherwise(value);
}

function keyText(key: Value): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/** What a JSON number would bend is a text. */
function numeric(value: number | bigint | string): Value {
  const number = Number(value);
  if (!Number.isFinite(number)) return String(value);
  return typeof value === 'number' || String(number) === String(value) ? number : String(value);
}
