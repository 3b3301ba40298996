/** Vertices, edges and their properties. What they belong to is never told, as in TinkerPop. */
import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import type { Reference } from '../../../query/gremlin/value/reference.ts';
import type { GraphResult, GValue, VertexProperty } from '../../../query/gremlin/value/value.ts';
import { quoteName } from './json-text.ts';
import { type Target, typed, writeValue } from './write-value.ts';

export function writeVertex(node: GraphNode, to: Target): string {
  const { elements } = to;
  const head = `{"id":${writeValue(elements.id(node), to)},"label":${quoteName(elements.label(node))}`;
  if (!elements.hasProperties) return typed('g:Vertex', `${head}}`, to);
  return typed('g:Vertex', `${head}${writeProperties(elements.properties(node), to)}}`, to);
}

/** By key, in lists. Nothing at all where there are none. */
function writeProperties(properties: readonly VertexProperty[], to: Target): string {
  if (properties.length === 0) return '';
  let text = ',"properties":{';
  let key: string | undefined;
  for (const property of properties) {
    if (property.key === key) text += ',';
    else {
      text += `${key === undefined ? '' : '],'}${quoteName(property.key)}:[`;
      key = property.key;
    }
    text += writeVertexProperty(property, to);
  }
  return `${text}]}`;
}

export function writeVertexProperty({ id, key, value, meta }: VertexProperty, to: Target): string {
  let text = to.isTyped ? '{"@type":"g:VertexProperty","@value":{"id":' : '{"id":';
  text += `${writeValue(id, to)},"value":${writeValue(value, to)},"label":${quoteName(key)}`;
  if (meta !== undefined && meta.size > 0 && to.elements.hasProperties)
    text += `,"properties":{${Array.from(meta, ([name, each]) => `${quoteName(name)}:${writeValue(each, to)}`).join()}}`;
  return `${text}${to.isTyped ? '}}' : '}'}`;
}

export function writeEdge(edge: GraphEdge, to: Target): string {
  const { elements } = to;
  const { outV, outVLabel, inV, inVLabel } = elements.ends(edge);
  let text = `{"id":${writeValue(elements.id(edge), to)},"label":${quoteName(elements.label(edge))}`;
  text += `,"inVLabel":${quoteName(inVLabel)},"outVLabel":${quoteName(outVLabel)}`;
  text += `,"inV":${writeValue(inV, to)},"outV":${writeValue(outV, to)}`;
  const properties = elements.hasProperties ? elements.edgeProperties(edge) : [];
  if (properties.length > 0)
    text += `,"properties":{${properties.map(({ key, value }) => `${quoteName(key)}:${writeProperty(key, value, to)}`).join()}}`;
  return typed('g:Edge', `${text}}`, to);
}

export function writeProperty(key: string, value: GValue, to: Target): string {
  return typed('g:Property', `{"key":${quoteName(key)},"value":${writeValue(value, to)}}`, to);
}

export function writeGraph({ vertices, edges }: GraphResult, to: Target): string {
  const full: Target = to.elements.hasProperties ? to : { ...to, elements: { ...to.elements, hasProperties: true } };
  const nodes = vertices.map((node) => writeVertex(node, full));
  return typed(
    'tinker:graph',
    `{"vertices":[${nodes.join()}],"edges":[${edges.map((edge) => writeEdge(edge, full)).join()}]}`,
    to,
  );
}

export function writeReference(reference: Reference, to: Target): string {
  const { id, label, value, ends, properties } = reference;
  const head = `{"id":${writeValue(id, to)},"label":${quoteName(label)}`;
  switch (reference.names) {
    case 'vertex':
      return typed('g:Vertex', `${head}${writeReferences(properties, to)}}`, to);
    case 'edge':
      return typed(
        'g:Edge',
        `${head}${ends === undefined ? '' : writeEnds(ends, to)}${writeReferences(properties, to)}}`,
        to,
      );
    case 'vertexProperty': {
      const meta = properties.map((each) => `${quoteName(each.label)}:${writeValue(each.value, to)}`);
      const own = `{"id":${writeValue(id, to)},"value":${writeValue(value, to)},"label":${quoteName(label)}`;
      return typed('g:VertexProperty', `${own}${meta.length === 0 ? '' : `,"properties":{${meta.join()}}`}}`, to);
    }
    case 'property':
      return writeProperty(label, value, to);
  }
}

function writeEnds({ outV, inV }: NonNullable<Reference['ends']>, to: Target): string {
  return `,"inVLabel":${quoteName(inV.label)},"outVLabel":${quoteName(outV.label)},"inV":${writeValue(inV.id, to)},"outV":${writeValue(outV.id, to)}`;
}

function writeReferences(properties: readonly Reference[], to: Target): string {
  if (properties.length === 0) return '';
  const byKey = Map.groupBy(properties, ({ label }) => label);
  const texts = Array.from(byKey, ([key, each]) => {
    const [first] = each as [Reference];
    const isEdges = first.names === 'property';
    return `${quoteName(key)}:${isEdges ? writeReference(first, to) : `[${each.map((one) => writeReference(one, to)).join()}]`}`;
  });
  return `,"properties":{${texts.join()}}`;
}
