/**
 * How the network looks as a property graph: a node is a vertex labelled with its type, a relation an edge, and metadata
 * are properties. What is nested has dots in its key; a list is several values of one key. As in the other dialect
 * `@CreatedAt` and counters (`Metric.RxBytes`) can be read by name, though they are not among the keys.
 */
import type { Element, GraphEdge, GraphNode, Metadata, Value } from '../../../graph/element.ts';
import { compileKey, isList, type Key } from '../../key.ts';
import { type PropertyModel, type Reader, Several } from '../property-graph.ts';
import { GMap } from '../value/collections.ts';
import { Num } from '../value/num.ts';
import { type GValue, Property, Uuid, VertexProperty } from '../value/value.ts';
import { scalarOf } from './stored.ts';

export const networkModel: PropertyModel = {
  label: ({ kind, metadata }) =>
    kind === 'node' ? String(metadata.Type ?? 'vertex') : String(metadata.RelationType ?? 'edge'),

  id: (element) => element.id,

  node: (id, view) => newest(idText(id), (text) => view.nodes(text)),

  edge: (id, view) => newest(idText(id), (text) => view.edges(text)),

  reader(key): Reader {
    const { read } = takenApart(key);
    return (element, view) => {
      const value = read(element, view);
      // Nearly every value.
      if (typeof value !== 'object') return value;
      const values = valuesOf(element, value);
      return values.length > 1 ? new Several(values) : values[0];
    };
  },

  keys: (element) => leaves(element.metadata),

  vertexProperties(node, key, view) {
    const values = valuesOf(node, takenApart(key).read(node, view));
    const id = `${node.id}/${key}`;
    if (values.length === 1) return [new VertexProperty(id, key, values[0] as GValue, node)];
    return values.map((value, at) => new VertexProperty(`${id}/${at}`, key, value, node));
  },

  edgeProperty(edge, key, view) {
    const [value] = valuesOf(edge, takenApart(key).read(edge, view));
    return value === undefined ? undefined : new Property(key, value, edge);
  },

  nodesWith(key, value, view) {
    const { path } = takenApart(key);
    const scalar = scalarOf(value);
    return path === undefined || scalar === undefined ? undefined : view.nodesWith(path, scalar);
  },

  nodesLabelled: (label, view) => view.nodesWith('Type', label),
};

/** Keys repeat from element to element. */
function takenApart(key: string): Key {
  let known = keys.get(key);
  if (known === undefined) {
    if (keys.size >= KEYS_MAX) keys.clear();
    known = compileKey(key);
    keys.set(key, known);
  }
  return known;
}

const KEYS_MAX = 1024;
const keys = new Map<string, Key>();

/** In a span one id can have several versions. */
function newest<E extends GraphNode | GraphEdge>(
  id: string | undefined,
  find: (id: string) => Iterable<E>,
): E | undefined {
  return id === undefined ? undefined : [...find(id)].at(-1);
}

function idText(id: GValue): string | undefined {
  if (typeof id === 'string') return id;
  if (typeof id === 'number') return String(id);
  if (id instanceof Uuid || id instanceof Num) return String(id.value);
  return undefined;
}

/** None for what is not there and for what is empty; a list of an edge is one value. */
function valuesOf({ kind }: Element, value: Value | undefined): readonly GValue[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) return [plainValue(value)];
  const values = value.filter((item) => item !== null).map(plainValue);
  return kind === 'edge' && values.length > 0 ? [values] : values;
}

function plainValue(value: Value): GValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(plainValue);
  return new GMap(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
}

function leaves(metadata: Metadata): readonly string[] {
  const keys = new Set<string>();
  const look = (prefix: string, value: Value): void => {
    if (value === null) return;
    if (typeof value !== 'object') keys.add(prefix);
    else if (isList(value)) {
      if (value.some((item) => item !== null)) keys.add(prefix);
    } else for (const key in value) look(`${prefix}.${key}`, value[key] as Value);
  };
  for (const key in metadata) look(key, metadata[key] as Value);
  return [...keys];
}
