/** The vertex that a value names: itself, what a message says of it, or its id. */
import type { GraphNode } from '../../../graph/element.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import { Reference } from '../value/reference.ts';
import type { GValue } from '../value/value.ts';

/** Undefined when the graph has none. */
export function vertexOf(value: GValue, run: Run): GraphNode | undefined {
  if (isElement(value)) return value.kind === 'node' ? run.fresh(value) : undefined;
  const id = value instanceof Reference ? value.id : value;
  return id === null ? undefined : run.model.node(id, run.view);
}
