/** Elements of a message: references, with what else was told of them. */
import { GMap } from '../../../query/gremlin/value/collections.ts';
import { Reference } from '../../../query/gremlin/value/reference.ts';
import type { BytesIn } from './bytes-in.ts';

export function readVertex(from: BytesIn): Reference {
  const id = from.gvalue();
  const label = from.text();
  return new Reference('vertex', { id, label, properties: readProperties(from) });
}

export function readEdge(from: BytesIn): Reference {
  const id = from.gvalue();
  const label = from.text();
  const inV = new Reference('vertex', { id: from.gvalue(), label: from.text() });
  const outV = new Reference('vertex', { id: from.gvalue(), label: from.text() });
  skipParent(from);
  return new Reference('edge', { id, label, ends: { outV, inV }, properties: readProperties(from) });
}

export function readVertexProperty(from: BytesIn): Reference {
  const id = from.gvalue();
  const label = from.text();
  const value = from.gvalue();
  skipParent(from);
  return new Reference('vertexProperty', { id, label, value, properties: readProperties(from) });
}

export function readProperty(from: BytesIn): Reference {
  const label = from.text();
  const value = from.gvalue();
  skipParent(from);
  return new Reference('property', { id: null, label, value });
}

/** A map of `vertices` and `edges`: there is no graph here that the elements could be of. */
export function readGraph(from: BytesIn): GMap {
  const vertices = several(from, 10, readGraphVertex);
  const labels = new GMap(vertices.map(({ id, label }) => [id, label]));
  const edges = several(from, 18, () => readGraphEdge(from, labels));
  return new GMap([
    ['vertices', vertices],
    ['edges', edges],
  ]);
}

function readGraphVertex(from: BytesIn): Reference {
  const id = from.gvalue();
  const label = from.text();
  const properties = several(from, 14, () => {
    const property = { id: from.gvalue(), label: from.text(), value: from.gvalue() };
    skipParent(from);
    return new Reference('vertexProperty', { ...property, properties: several(from, 2, readOneProperty) });
  });
  return new Reference('vertex', { id, label, properties });
}

/** Labels of its ends are not told: those of the vertices are. */
function readGraphEdge(from: BytesIn, labels: GMap): Reference {
  const id = from.gvalue();
  const label = from.text();
  const end = (): Reference => {
    const of = from.gvalue();
    from.gvalue();
    return new Reference('vertex', { id: of, label: (labels.get(of) as string | undefined) ?? 'vertex' });
  };
  const inV = end();
  const outV = end();
  skipParent(from);
  return new Reference('edge', { id, label, ends: { outV, inV }, properties: several(from, 2, readOneProperty) });
}

function several(from: BytesIn, bytesEach: number, read: (from: BytesIn) => Reference): Reference[] {
  const count = from.count(bytesEach, 'a list of elements');
  const found: Reference[] = [];
  for (let i = 0; i < count; i++) found.push(read(from));
  return found;
}

function readProperties(from: BytesIn): readonly Reference[] {
  const { at } = from;
  const properties = from.gvalue();
  if (properties === null) return [];
  // Drivers write what they hold: properties of any sort, or none.
  if (properties instanceof GMap && properties.size === 0) return [];
  if (!Array.isArray(properties) || !properties.every((property) => property instanceof Reference))
    throw from.bad('properties of an element are a list of properties', at);
  return properties;
}

function readOneProperty(from: BytesIn): Reference {
  const { at } = from;
  const property = from.gvalue();
  if (!(property instanceof Reference)) throw from.bad('a property should stand here', at);
  return property;
}

function skipParent(from: BytesIn): void {
  from.gvalue();
}
