import type { GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import type { GValue } from '../value/value.ts';

/** Throws a Mistake for what is no vertex. */
export function vertexOf(value: GValue | undefined, service: string, run: Run): GraphNode {
  if (value !== undefined && isElement(value) && value.kind === 'node') return run.fresh(value);
  throw mistake('gremlin.service', `call('${service}') takes vertices`, `g.V().call('${service}')`);
}

export function isVertex(value: GValue | undefined): value is GraphNode {
  return value !== undefined && isElement(value) && value.kind === 'node';
}
