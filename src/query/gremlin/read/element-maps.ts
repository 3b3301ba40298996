/** Maps of what an element holds: `valueMap`, `propertyMap`. */
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { mapping } from '../forms/waiting.ts';
import type { Run } from '../run/run.ts';
import { Traverser } from '../run/traverser.ts';
import { NOTHING, type Op } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { tokens as words } from '../value/token.ts';
import { type GValue, type Property, VertexProperty } from '../value/value.ts';
import { propertiesOf } from './properties.ts';
import { isElement } from './value.ts';

/** WithOptions of TinkerPop: ids 1, labels 2, keys 4, values 8. */
export const ALL_TOKENS = 15;

export interface ElementMapping {
  readonly keys: readonly string[];
  /** No key but null: no property, not each of them. */
  readonly isNone: boolean;
  /** Which of id, label, key and value are added. */
  readonly tokens: number;
  readonly holds: (property: VertexProperty | Property) => GValue;
}

export function elementMapOp(call: StepCall, builder: Builder, of: ElementMapping): Op {
  const { isIdentity, ...by } = builder.oneBy(call);
  if (isIdentity) return { kind: 'map', map: ({ value }, run) => mapOf(value, of, run) };
  return mapping({ isDirect: by.direct !== undefined, mark: builder.mark }, function* ({ value, sack, loops }, run) {
    const map = mapOf(value, of, run);
    const made = new GMap();
    for (const [key, held] of map) {
      const traverser = new Traverser(held, 1, undefined, sack, loops);
      const result = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
      // What is not productive, or null, is no entry.
      if (result !== NOTHING && result !== null) made.set(key, result);
    }
    return made;
  });
}

/** Whether keys were given, and each is null. */
export function isNone(args: readonly unknown[]): boolean {
  return args.length > 0 && args.every((arg) => arg === null);
}

function mapOf(value: GValue, { keys, isNone, tokens, holds }: ElementMapping, run: Run): GMap {
  const map = new GMap();
  if (tokens !== 0) addTokens(map, value, tokens, run);
  const lists = isElement(value) && value.kind === 'node';
  if (isNone) return map;
  for (const property of propertiesOf(value, keys, run)) {
    const held = holds(property);
    const before = lists ? map.get(property.key) : undefined;
    if (!lists) map.set(property.key, held);
    else if (Array.isArray(before)) before.push(held);
    else map.set(property.key, [held]);
  }
  return map;
}

/** First, as in TinkerPop's maps. */
export function addTokens(map: GMap, value: GValue, tokens: number, { model }: Run): void {
  const { T } = words;
  if (value instanceof VertexProperty) {
    if (tokens & 1) map.set(T.id, value.id);
    if (tokens & 4) map.set(T.key, value.key);
    if (tokens & 8) map.set(T.value, value.value);
  } else if (isElement(value)) {
    if (tokens & 1) map.set(T.id, model.id(value));
    if (tokens & 2) map.set(T.label, model.label(value));
  }
}
