/** What `property(…)` says, in all the ways it can be said: `(key, value)`, `(set, key, value, metaKey, metaValue…)`, a map. */
import type { Element } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { Given, given } from '../arguments/given.ts';
import { type Argument, CardinalityValue } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { Modulation, StepCall } from '../compile/calls.ts';
import type { Cardinality, NewProperty } from '../property-graph.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { GMap } from '../value/collections.ts';
import { Token } from '../value/token.ts';
import { type GValue, Property, VertexProperty } from '../value/value.ts';

export interface PropertyWords {
  readonly key: Given;
  readonly value: Given;
  readonly cardinality: Cardinality | undefined;
  readonly meta: readonly (readonly [Given, Given])[];
}

export function propertyWords(call: StepCall | Modulation, builder: Builder): PropertyWords[] {
  const { args } = call;
  const [first, second] = args;
  // Nearly all of them.
  if (args.length === 2 && typeof first === 'string' && typeof second !== 'object')
    return [{ key: new Given(first), value: new Given(second as GValue), cardinality: undefined, meta: NOTHING_MORE }];
  const isCardinality = first instanceof Token && first.type === 'Cardinality';
  const cardinality = isCardinality ? (first.name as Cardinality) : undefined;
  const [key, value, ...meta] = isCardinality ? args.slice(1) : args;
  if (key instanceof GMap)
    return [...key].map(([name, item]) => words(new Given(name), item, cardinality, call, builder));
  // Nothing in place of a map.
  if (key === null && value === undefined) return [];
  if (value === undefined) {
    builder.wrong(call, 'property takes a key and a value, or a map of them');
    return [];
  }
  if (meta.length % 2 > 0) builder.wrong(call, 'The provided key/value array length must be a multiple of two');
  if (key instanceof Token && key.type === 'T' && value === null) builder.wrong(call, 'Value of T cannot be null');
  const pairs = meta.flatMap((name, at) =>
    at % 2 > 0 ? [] : [[given(name, call, builder), given(meta[at + 1], call, builder)] as const],
  );
  return [{ ...words(given(key, call, builder), value, cardinality, call, builder), meta: pairs }];
}

const NOTHING_MORE: PropertyWords['meta'] = [];

function words(
  key: Given,
  value: Argument,
  usual: Cardinality | undefined,
  call: StepCall | Modulation,
  builder: Builder,
): PropertyWords {
  const cardinality = value instanceof CardinalityValue ? value.cardinality : usual;
  return { key, value: given(value, call, builder), cardinality, meta: [] };
}

export function isDirect({ key, value, meta }: PropertyWords): boolean {
  return key.isDirect && value.isDirect && meta.every(([name, item]) => name.isDirect && item.isDirect);
}

export function isConstant({ key, value, meta }: PropertyWords): boolean {
  return key.isConstant && value.isConstant && meta.every(([name, item]) => name.isConstant && item.isConstant);
}

/** Asks its traversals. */
export function* asked(words: PropertyWords, traverser: Traverser, run: Run): Generator<undefined, NewProperty> {
  const key = yield* words.key.ask(traverser, run);
  if (key instanceof Token)
    throw mistake('gremlin.immutable', `${key.type}.${key.name} is immutable on existing elements`);
  const value = yield* words.value.ask(traverser, run);
  const meta: (readonly [string, GValue])[] = [];
  for (const [name, item] of words.meta)
    meta.push([(yield* name.ask(traverser, run)) as string, yield* item.ask(traverser, run)]);
  // The writer refuses what is no key.
  return { key: key as string, value, cardinality: words.cardinality, meta };
}

/** Gives a property to what comes; the element as it is then. */
export function* written(words: PropertyWords, traverser: Traverser, run: Run): Generator<undefined, GValue> {
  const property = yield* asked(words, traverser, run);
  const { value } = traverser;
  if (words.cardinality !== undefined && !(isElement(value) && value.kind === 'node'))
    throw mistake(
      'gremlin.type',
      `Property cardinality can only be set for a Vertex but the traversal encountered ${nameOf(value)} for key: ${property.key}`,
    );
  if (value instanceof VertexProperty) return metaWritten(value, property, run);
  if (!isElement(value)) throw mistake('gremlin.type', `property takes elements, not ${nameOf(value)}`);
  if (value.kind === 'edge' && words.meta.length > 0)
    throw mistake(
      'gremlin.type',
      `only properties of a vertex have properties of their own, not those of ${nameOf(value)}`,
    );
  return run.writer().setProperty<Element>(value, property) as GValue;
}

/** `properties('location').property('since', 2010)` */
function metaWritten(held: VertexProperty, { key, value }: NewProperty, run: Run): GValue {
  if (value === null) run.writer().removeProperty(new Property(key, value, held));
  else
    run.writer().setProperty(held.vertex, {
      key: held.key,
      id: held.id,
      value: held.value,
      cardinality: 'list',
      meta: [[key, value]],
    });
  const vertex = run.fresh(held.vertex);
  return run.model.vertexProperties(vertex, held.key, run.view).find(({ id }) => id === held.id) ?? held;
}

function nameOf(value: GValue): string {
  if (isElement(value)) return value.kind === 'node' ? 'Vertex' : 'Edge';
  return value === null ? 'null' : value.constructor.name;
}
