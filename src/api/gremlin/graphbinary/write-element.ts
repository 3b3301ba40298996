/** Vertices, edges and their properties. What they belong to is never told, as in TinkerPop. */
import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import type { Reference } from '../../../query/gremlin/value/reference.ts';
import type { GraphResult, GValue, VertexProperty } from '../../../query/gremlin/value/value.ts';
import { flag, type } from './type-codes.ts';
import { type Target, writeValue } from './write-value.ts';

export function writeVertex(node: GraphNode, to: Target): void {
  const { out, elements } = to;
  out.pair(type.vertex, flag.none);
  writeValue(elements.id(node), to);
  out.text(elements.label(node));
  if (!elements.hasProperties) return out.pair(type.null, flag.null);
  const properties = elements.properties(node);
  out.pair(type.list, flag.none);
  out.int32(properties.length);
  for (const property of properties) writeVertexProperty(property, to);
}

export function writeVertexProperty(property: VertexProperty, to: Target): void {
  const { out } = to;
  out.pair(type.vertexProperty, flag.none);
  writePropertyHead(property, to);
  if (!to.elements.hasProperties) return out.pair(type.null, flag.null);
  out.pair(type.list, flag.none);
  writeMeta(property, to);
}

function writePropertyHead(property: VertexProperty, to: Target): void {
  writeValue(property.id, to);
  to.out.text(property.key);
  writeValue(property.value, to);
  to.out.pair(type.null, flag.null);
}

function writeMeta({ meta }: VertexProperty, to: Target): void {
  if (meta === undefined) return to.out.int32(0);
  to.out.int32(meta.size);
  for (const [key, value] of meta) writeProperty(key, value, to);
}

export function writeEdge(edge: GraphEdge, to: Target): void {
  const { out, elements } = to;
  const { outV, outVLabel, inV, inVLabel } = elements.ends(edge);
  out.pair(type.edge, flag.none);
  writeValue(elements.id(edge), to);
  out.text(elements.label(edge));
  writeValue(inV, to);
  out.text(inVLabel);
  writeValue(outV, to);
  out.text(outVLabel);
  out.pair(type.null, flag.null);
  if (!elements.hasProperties) return out.pair(type.null, flag.null);
  out.pair(type.list, flag.none);
  writeEdgeProperties(edge, to);
}

function writeEdgeProperties(edge: GraphEdge, to: Target): void {
  const properties = to.elements.edgeProperties(edge);
  to.out.int32(properties.length);
  for (const { key, value } of properties) writeProperty(key, value, to);
}

export function writeProperty(key: string, value: GValue, to: Target): void {
  const { out } = to;
  out.pair(type.property, flag.none);
  out.text(key);
  writeValue(value, to);
  out.pair(type.null, flag.null);
}

/** Elements lie in a graph without types and flags, and always with their properties. */
export function writeGraph({ vertices, edges }: GraphResult, to: Target): void {
  const { out, elements } = to;
  out.pair(type.graph, flag.none);
  out.int32(vertices.length);
  for (const node of vertices) {
    const properties = elements.properties(node);
    writeValue(elements.id(node), to);
    out.text(elements.label(node));
    out.int32(properties.length);
    for (const property of properties) {
      writePropertyHead(property, to);
      writeMeta(property, to);
    }
  }
  out.int32(edges.length);
  for (const edge of edges) {
    const { outV, inV } = elements.ends(edge);
    writeValue(elements.id(edge), to);
    out.text(elements.label(edge));
    writeValue(inV, to);
    out.pair(type.null, flag.null);
    writeValue(outV, to);
    out.pair(type.null, flag.null);
    out.pair(type.null, flag.null);
    writeEdgeProperties(edge, to);
  }
}

export function writeReference(reference: Reference, to: Target): void {
  const { out } = to;
  switch (reference.names) {
    case 'vertex':
      out.pair(type.vertex, flag.none);
      writeValue(reference.id, to);
      out.text(reference.label);
      return writeReferences(reference.properties, to);
    case 'edge': {
      const { outV, inV } = reference.ends ?? {};
      out.pair(type.edge, flag.none);
      writeValue(reference.id, to);
      out.text(reference.label);
      writeValue(inV?.id ?? null, to);
      out.text(inV?.label ?? '');
      writeValue(outV?.id ?? null, to);
      out.text(outV?.label ?? '');
      out.pair(type.null, flag.null);
      return writeReferences(reference.properties, to);
    }
    case 'vertexProperty':
      out.pair(type.vertexProperty, flag.none);
      writeValue(reference.id, to);
      out.text(reference.label);
      writeValue(reference.value, to);
      out.pair(type.null, flag.null);
      return writeReferences(reference.properties, to);
    case 'property':
      return writeProperty(reference.label, reference.value, to);
  }
}

function writeReferences(properties: readonly Reference[], to: Target): void {
  const { out } = to;
  if (properties.length === 0) return out.pair(type.null, flag.null);
  out.pair(type.list, flag.none);
  out.int32(properties.length);
  for (const property of properties) writeReference(property, to);
}
