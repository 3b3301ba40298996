import type { Element } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { elementNames } from '../read/element-names.ts';
import type { Run } from '../run/run.ts';
import type { Service } from '../service.ts';
import { javaText } from '../value/java-text.ts';
import { type GValue, Property, type VertexProperty } from '../value/value.ts';

/** Kinds of elements whose properties may be looked through. */
const TYPES = ['Vertex', 'Edge', 'VertexProperty'];

/** TinkerGraph's service of the same name. */
export const search: Service = {
  name: 'tinker.search',
  doc: 'Properties whose value contains a text.',
  parameters: {
    search: 'the text',
    type: 'whose properties: Vertex, Edge or VertexProperty; all when left out',
  },
  place: 'start',
  call(_value, parameters, run) {
    const text = parameters.get('search');
    if (typeof text !== 'string')
      throw mistake('gremlin.service', "call('tinker.search') takes the text to search for");
    const type = parameters.get('type') ?? null;
    if (type !== null && !(typeof type === 'string' && TYPES.includes(type)))
      throw mistake('gremlin.service', `call('tinker.search') knows the types ${TYPES.join(', ')}`);
    return found(text, (one) => type === null || type === one, run);
  },
};

function* found(text: string, wants: (type: string) => boolean, run: Run): Generator<GValue> {
  const { model, view } = run;
  const names = elementNames(run);
  const contains = (value: GValue) => javaText(value, names).includes(text);
  if (wants('Vertex') || wants('VertexProperty'))
    for (const node of view.nodes())
      for (const key of model.keys(node, view))
        for (const property of model.vertexProperties(node, key, view)) {
          if (wants('Vertex') && contains(property.value)) yield property;
          if (wants('VertexProperty')) yield* metaOf(property, contains);
        }
  if (wants('Edge'))
    for (const edge of view.edges()) {
      for (const key of model.keys(edge as Element, view)) {
        const property = model.edgeProperty(edge, key, view);
        if (property !== undefined && contains(property.value)) yield property;
      }
    }
}

function* metaOf(property: VertexProperty, contains: (value: GValue) => boolean): Generator<Property> {
  for (const [key, value] of property.meta ?? []) if (contains(value)) yield new Property(key, value, property);
}
