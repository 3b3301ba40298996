/** Elements of a message: references, with what else was told of them. */
import { GMap } from '../../../query/gremlin/value/collections.ts';
import { Reference } from '../../../query/gremlin/value/reference.ts';
import type { GraphsonIn } from './graphson-in.ts';
import { fields, list, text } from './shapes.ts';

export function readVertex(json: unknown, from: GraphsonIn): Reference {
  const { id, label, properties } = fields(json, from);
  return new Reference('vertex', { ...named(id, label, 'vertex', from), properties: elements(properties, from) });
}

export function readEdge(json: unknown, from: GraphsonIn): Reference {
  const { id, label, properties, outV, outVLabel, inV, inVLabel } = fields(json, from);
  const ends = {
    outV: new Reference('vertex', named(outV, outVLabel, 'vertex', from)),
    inV: new Reference('vertex', named(inV, inVLabel, 'vertex', from)),
  };
  return new Reference('edge', { ...named(id, label, 'edge', from), ends, properties: elements(properties, from) });
}

export function readVertexProperty(json: unknown, from: GraphsonIn): Reference {
  const { id, label, value, properties } = fields(json, from);
  const own = { ...named(id, label, 'vertexProperty', from), value: from.gvalue(value ?? null) };
  // Properties of properties are written without their types: names and values.
  const meta = Object.entries(properties === undefined || properties === null ? {} : fields(properties, from)).map(
    ([key, each]) => new Reference('property', { id: null, label: key, value: from.gvalue(each) }),
  );
  return new Reference('vertexProperty', { ...own, properties: meta });
}

export function readProperty(json: unknown, from: GraphsonIn): Reference {
  const { key, value } = fields(json, from);
  return new Reference('property', { id: null, label: text(key, from), value: from.gvalue(value ?? null) });
}

/** A map of `vertices` and `edges`: there is no graph here that the elements could be of. */
export function readGraph(json: unknown, from: GraphsonIn): GMap {
  const { vertices = [], edges = [] } = fields(json, from);
  return new GMap([
    ['vertices', list(vertices, from).map((each) => element(each, from))],
    ['edges', list(edges, from).map((each) => element(each, from))],
  ]);
}

function named(id: unknown, label: unknown, usual: string, from: GraphsonIn): { id: Reference['id']; label: string } {
  return { id: from.gvalue(id ?? null), label: label === undefined || label === null ? usual : text(label, from) };
}

/** By key: one, or a list of them. */
function elements(json: unknown, from: GraphsonIn): Reference[] {
  if (json === undefined || json === null) return [];
  return Object.entries(fields(json, from)).flatMap(([key, each]) =>
    from.within(key, () => (Array.isArray(each) ? each.map((one) => element(one, from)) : [element(each, from)])),
  );
}

function element(json: unknown, from: GraphsonIn): Reference {
  const read = from.gvalue(json);
  if (!(read instanceof Reference)) throw from.bad('an element should stand here');
  return read;
}
