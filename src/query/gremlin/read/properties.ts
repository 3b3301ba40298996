/** Properties and values of anything that has some: a vertex, an edge, a property of a vertex. */
import { mistake } from '../../../std/mistake.ts';
import { type Reader, Several } from '../property-graph.ts';
import type { Run } from '../run/run.ts';
import { javaType } from '../value/java-type.ts';
import { type GValue, Property, VertexProperty } from '../value/value.ts';
import { readerOf } from './key-reader.ts';
import { isElement } from './value.ts';

/** Of the keys given, in this order; of all where none is. */
export function propertiesOf(value: GValue, keys: readonly string[], run: Run): (VertexProperty | Property)[] {
  if (value instanceof VertexProperty) return metaProperties(value, keys);
  if (!isElement(value)) throw hasNone(value);
  const { model, view } = run;
  const element = run.fresh(value);
  const found: (VertexProperty | Property)[] = [];
  for (const key of keys.length > 0 ? keys : model.keys(element, view)) {
    if (element.kind === 'node') found.push(...model.vertexProperties(element, key, view));
    else {
      const property = model.edgeProperty(element, key, view);
      if (property !== undefined) found.push(property);
    }
  }
  return found;
}

/** Keys are taken apart once, for all that they are asked of. */
export function valuesReader(keys: readonly string[]): (value: GValue, run: Run) => GValue[] {
  const readers = keys.map(readerOf);
  return (value, run) => {
    if (value instanceof VertexProperty) return metaProperties(value, keys).map((property) => property.value);
    if (!isElement(value)) throw hasNone(value);
    const element = run.fresh(value);
    const found: GValue[] = [];
    const take = (reader: Reader) => {
      const held = reader(element, run.view);
      if (held instanceof Several) found.push(...held.values);
      else if (held !== undefined) found.push(held);
    };
    if (readers.length > 0) for (const reader of readers) take(reader(run));
    else for (const key of run.model.keys(element, run.view)) take(run.model.reader(key));
    return found;
  };
}

function metaProperties(property: VertexProperty, keys: readonly string[]): Property[] {
  const found: Property[] = [];
  for (const key of keys.length > 0 ? keys : (property.meta?.keys() ?? [])) {
    const value = property.meta?.get(key);
    if (value !== undefined) found.push(new Property(key, value, property));
  }
  return found;
}

function hasNone(value: GValue) {
  return mistake('gremlin.type', `${javaType(value)} cannot be cast to Element`);
}
