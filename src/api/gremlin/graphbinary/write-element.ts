/** Vertices, edges and their properties. What they belong to is never told, as in TinkerPop. */
import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import type { Reference } from '../../../query/gremlin/value/reference.ts';
import type { GraphResult, GValue, VertexProperty } from '../../../query/gremlin/value/value.ts';
import type { Target } from './target.ts';
import { flag, type } from './type-codes.ts';

export function writeVertex(node: GraphNode, to: Target): void {
  const { out, written } = to;
  const place = written.get(node);
  if (place !== undefined) {
    out.again(place.from, place.to);
    return;
  }
  const from = out.length;
  writeNewVertex(node, to);
  written.set(node, { from, to: out.length });
}

function writeNewVertex(node: GraphNode, to: Target): void {
  const { out, elements } = to;
  out.pair(type.vertex, flag.none);
  to.value(elements.id(node));
  out.text(elements.label(node));
  if (!elements.hasProperties) {
    out.pair(type.null, flag.null);
    return;
  }
  const properties = elements.properties(node);
  out.pair(type.list, flag.none);
  out.int32(properties.length);
  for (const property of properties) writeVertexProperty(property, to);
}

export function writeVertexProperty(property: VertexProperty, to: Target): void {
  const { out } = to;
  out.pair(type.vertexProperty, flag.none);
  writePropertyHead(property, to);
  if (!to.elements.hasProperties) {
    out.pair(type.null, flag.null);
    return;
  }
  out.pair(type.list, flag.none);
  writeMeta(property, to);
}

function writePropertyHead(property: VertexProperty, to: Target): void {
  to.value(property.id);
  to.out.text(property.key);
  to.value(property.value);
  to.out.pair(type.null, flag.null);
}

function writeMeta({ meta }: VertexProperty, to: Target): void {
  if (meta === undefined) {
    to.out.int32(0);
    return;
  }
  to.out.int32(meta.size);
  for (const [key, value] of meta) writeProperty(key, value, to);
}

export function writeEdge(edge: GraphEdge, to: Target): void {
  const { out, elements } = to;
  const { outV, outVLabel, inV, inVLabel } = elements.ends(edge);
  out.pair(type.edge, flag.none);
  to.value(elements.id(edge));
  out.text(elements.label(edge));
  to.value(inV);
  out.text(inVLabel);
  to.value(outV);
  out.text(outVLabel);
  out.pair(type.null, flag.null);
  if (!elements.hasProperties) {
    out.pair(type.null, flag.null);
    return;
  }
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
  to.value(value);
  out.pair(type.null, flag.null);
}

/** Elements lie in a graph without types and flags, and always with their properties. */
export function writeGraph({ vertices, edges }: GraphResult, to: Target): void {
  const { out, elements } = to;
  out.pair(type.graph, flag.none);
  out.int32(vertices.length);
  for (const node of vertices) {
    const properties = elements.properties(node);
    to.value(elements.id(node));
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
    to.value(elements.id(edge));
    out.text(elements.label(edge));
    to.value(inV);
    out.pair(type.null, flag.null);
    to.value(outV);
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
      to.value(reference.id);
      out.text(reference.label);
      writeReferences(reference.properties, to);
      return;
    case 'edge': {
      const { outV, inV } = reference.ends ?? {};
      out.pair(type.edge, flag.none);
      to.value(reference.id);
      out.text(reference.label);
      to.value(inV?.id ?? null);
      out.text(inV?.label ?? '');
      to.value(outV?.id ?? null);
      out.text(outV?.label ?? '');
      out.pair(type.null, flag.null);
      writeReferences(reference.properties, to);
      return;
    }
    case 'vertexProperty':
      out.pair(type.vertexProperty, flag.none);
      to.value(reference.id);
      out.text(reference.label);
      to.value(reference.value);
      out.pair(type.null, flag.null);
      writeReferences(reference.properties, to);
      return;
    case 'property':
      writeProperty(reference.label, reference.value, to);
      return;
  }
}

function writeReferences(properties: readonly Reference[], to: Target): void {
  const { out } = to;
  if (properties.length === 0) {
    out.pair(type.null, flag.null);
    return;
  }
  out.pair(type.list, flag.none);
  out.int32(properties.length);
  for (const property of properties) writeReference(property, to);
}
