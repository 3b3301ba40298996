/** Parameters of a scenario as a request may hold them: written into its text, or as bindings. */

import { valueText } from '../../src/query/gremlin/explain/text.ts';
import { isElement } from '../../src/query/gremlin/read/value.ts';
import { isList } from '../../src/query/gremlin/value/identity.ts';
import { Reference } from '../../src/query/gremlin/value/reference.ts';
import type { GValue } from '../../src/query/gremlin/value/value.ts';
import type { Toy } from '../query/gremlin/toys.ts';
import { Unwritable } from './notation.ts';

/** As the language writes values. */
export function inline(text: string, parameters: ReadonlyMap<string, GValue>): string {
  const names = [...parameters.keys()].sort((a, b) => b.length - a.length);
  return names.reduce((query, name) => query.replaceAll(name, () => written(parameters.get(name) as GValue)), text);
}

function written(value: GValue): string {
  const first = isList(value) ? value[0] : value;
  if (first instanceof Reference && first.names === 'edge')
    throw new Unwritable('the language has no words for an edge');
  return valueText(value);
}

/** Requests name elements by reference. */
export function sendable(value: GValue, { model }: Toy): GValue {
  if (isList(value)) return value.map((item) => sendable(item, { model } as Toy));
  if (!isElement(value)) return value;
  const named = { id: model.id(value), label: model.label(value) };
  if (value.kind === 'node') return new Reference('vertex', named);
  const end = (id: string) => new Reference('vertex', { id, label: '' });
  return new Reference('edge', { ...named, ends: { outV: end(value.parent), inV: end(value.child) } });
}

/** `g.withSideEffect(…)` before the rest. */
export function spread(text: string, sideEffects: ReadonlyMap<string, GValue>): string {
  const dot = text.indexOf('.');
  const more = Array.from(
    sideEffects,
    ([name, value]) => `.withSideEffect(${valueText(name)},${valueText(value)})`,
  ).join('');
  return text.slice(0, dot) + more + text.slice(dot);
}
