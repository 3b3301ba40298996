/** Vertices, edges and their properties. What they belong to is never told, as in TinkerPop. */
import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import type { Reference } from '../../../query/gremlin/value/reference.ts';
import type { GraphResult, GValue, VertexProperty } from '../../../query/gremlin/value/value.ts';
import { quoteName } from './json-text.ts';
import { type Target, typed } from './target.ts';

export function writeVertex(node: GraphNode, to: Target, isFull = to.elements.hasProperties): string {
  const { elements } = to;
  const head = `{"id":${to.value(elements.id(node))},"label":${quoteName(elements.label(node))}`;
  if (!isFull) return typed('g:Vertex', `${head}}`, to);
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
    text += writeVertexProperty(property, to, true);
  }
  return `${text}]}`;
}

export function writeVertexProperty(
  { id, key, value, meta }: VertexProperty,
  to: Target,
  isFull = to.elements.hasProperties,
): string {
  let text = to.isTyped ? '{"@type":"g:VertexProperty","@value":{"id":' : '{"id":';
  text += `${to.value(id)},"value":${to.value(value)},"label":${quoteName(key)}`;
  if (meta !== undefined && meta.size > 0 && isFull)
    text += `,"properties":{${Array.from(meta, ([name, each]) => `${quoteName(name)}:${to.value(each)}`).join()}}`;
  return `${text}${to.isTyped ? '}}' : '}'}`;
}

export function writeEdge(edge: GraphEdge, to: Target, isFull = to.elements.hasProperties): string {
  const { elements } = to;
  const { outV, outVLabel, inV, inVLabel } = elements.ends(edge);
  let text = `{"id":${to.value(elements.id(edge))},"label":${quoteName(elements.label(edge))}`;
  text += `,"inVLabel":${quoteName(inVLabel)},"outVLabel":${quoteName(outVLabel)}`;
  text += `,"inV":${to.value(inV)},"outV":${to.value(outV)}`;
  const properties = isFull ? elements.edgeProperties(edge) : [];
  if (properties.length > 0)
    text += `,"properties":{${properties.map(({ key, value }) => `${quoteName(key)}:${writeProperty(key, value, to)}`).join()}}`;
  return typed('g:Edge', `${text}}`, to);
}

export function writeProperty(key: string, value: GValue, to: Target): string {
  return typed('g:Property', `{"key":${quoteName(key)},"value":${to.value(value)}}`, to);
}

export function writeGraph({ vertices, edges }: GraphResult, to: Target): string {
  const nodes = vertices.map((node) => writeVertex(node, to, true));
  return typed(
    'tinker:graph',
    `{"vertices":[${nodes.join()}],"edges":[${edges.map((edge) => writeEdge(edge, to, true)).join()}]}`,
    to,
  );
}

export function writeReference(reference: Reference, to: Target): string {
  const { id, label, value, ends, properties } = reference;
  const head = `{"id":${to.value(id)},"label":${quoteName(label)}`;
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
      const meta = properties.map((each) => `${quoteName(each.label)}:${to.value(each.value)}`);
      const own = `{"id":${to.value(id)},"value":${to.value(value)},"label":${quoteName(label)}`;
      return typed('g:VertexProperty', `${own}${meta.length === 0 ? '' : `,"properties":{${meta.join()}}`}}`, to);
    }
    case 'property':
      return writeProperty(label, value, to);
  }
}

function writeEnds({ outV, inV }: NonNullable<Reference['ends']>, to: Target): string {
  return `,"inVLabel":${quoteName(inV.label)},"outVLabel":${quoteName(outV.label)},"inV":${to.value(inV.id)},"outV":${to.value(outV.id)}`;
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
