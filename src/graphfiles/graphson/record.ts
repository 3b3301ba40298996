/** A vertex of a GraphSON 3 file with the edges that leave it, as TinkerPop's I/O reference lays it out. */
import { fromGraphson } from '../../query/gremlin/graphson/value.ts';
import type { NewProperty } from '../../query/gremlin/property-graph.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import { mistake } from '../../std/mistake.ts';
import type { EdgeRecord, VertexRecord } from '../loading.ts';

export interface Adjacent {
  readonly vertex: VertexRecord;
  readonly edges: readonly EdgeRecord[];
  /** `inE` says again what `outE` of the other end says; so it is only counted. */
  readonly arriving: number;
}

/** Throws a Mistake that says what is wrong. */
export function adjacentOf(json: unknown): Adjacent {
  const vertex = objectOf(json, 'a vertex');
  const id = idOf(vertex.id, 'a vertex');
  const edges: EdgeRecord[] = [];
  for (const [label, list] of entriesOf(vertex.outE, 'outE'))
    for (const edge of listOf(list, 'outE of', label)) edges.push(edgeOf(edge, label, id));
  let arriving = 0;
  for (const [label, list] of entriesOf(vertex.inE, 'inE')) arriving += listOf(list, 'inE of', label).length;
  return {
    vertex: {
      id,
      label: vertex.label === undefined ? 'vertex' : textOf(vertex.label, 'the label of a vertex'),
      properties: vertexProperties(vertex.properties),
    },
    edges,
    arriving,
  };
}

function edgeOf(json: unknown, label: string, from: GValue): EdgeRecord {
  const edge = objectOf(json, 'an edge');
  const properties: NewProperty[] = [];
  for (const [key, value] of entriesOf(edge.properties, 'the properties of an edge'))
    properties.push({ key, value: propertyValue(value) });
  const id = edge.id === undefined ? undefined : idOf(edge.id, 'an edge');
  return { id, label, from, to: idOf(edge.inV, 'the inV of an edge'), properties };
}

function vertexProperties(json: unknown): NewProperty[] {
  const properties: NewProperty[] = [];
  for (const [key, list] of entriesOf(json, 'the properties of a vertex')) {
    const values = listOf(list, 'the property', key);
    // One is not made a list of, so that nothing has to be looked up.
    const cardinality = values.length > 1 ? 'list' : 'single';
    for (const item of values) {
      const property = objectOf(item, 'the property', key);
      const meta = entriesOf(property.properties, 'the properties of', key);
      properties.push({
        key,
        cardinality,
        value: propertyValue(property.value),
        id: property.id === undefined ? undefined : idOf(property.id, 'the property', key),
        meta: meta.length === 0 ? undefined : meta.map(([name, value]) => [name, propertyValue(value)] as const),
      });
    }
  }
  return properties;
}

function propertyValue(json: unknown): GValue {
  return fromGraphson(json === undefined ? null : json);
}

function idOf(json: unknown, what: string, name = ''): GValue {
  if (json === undefined || json === null) throw wrong(`${what} ${name} has no id`);
  return fromGraphson(json);
}

function entriesOf(json: unknown, what: string, name = ''): [string, unknown][] {
  return json === undefined || json === null ? NONE : Object.entries(objectOf(json, what, name));
}

/** `name`: put behind `what` only when it is needed: this is asked of each property. */
function objectOf(json: unknown, what: string, name = ''): { readonly [key: string]: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(`${what} ${name} is no object`);
  return json as { readonly [key: string]: unknown };
}

function listOf(json: unknown, what: string, name: string): readonly unknown[] {
  if (!Array.isArray(json)) throw wrong(`${what} ${name} is no list`);
  return json;
}

function textOf(json: unknown, what: string): string {
  if (typeof json !== 'string') throw wrong(`${what} is no text`);
  return json;
}

function wrong(message: string): Error {
  return mistake('graphfile.graphson', message.replace('  ', ' '));
}

const NONE: [string, unknown][] = [];
