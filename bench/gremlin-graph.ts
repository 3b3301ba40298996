/** The synthetic network as a property graph: what both sides of bench/gremlin-server.ts hold. Scalars alone, as each server takes them. */
import type { Metadata } from '../src/graph/element.ts';
import { syntheticChanges } from './synthetic.ts';

export interface BenchVertex {
  readonly kind: 'vertex';
  readonly id: string;
  readonly label: string;
  readonly properties: readonly Property[];
}

export interface BenchEdge {
  readonly kind: 'edge';
  readonly id: string;
  readonly label: string;
  readonly from: string;
  readonly to: string;
  readonly properties: readonly Property[];
}

export type Property = readonly [key: string, value: string | number | boolean];

/** An edge comes after both of its ends. */
export function* benchElements(hosts: number): Generator<BenchVertex | BenchEdge> {
  let edges = 0;
  for (const change of syntheticChanges(hosts)) {
    if (change.kind === 'node') {
      const label = String(change.metadata.Type);
      yield { kind: 'vertex', id: change.id, label, properties: scalars(change.metadata) };
    } else if (change.kind === 'edge') {
      const label = String(change.metadata.RelationType);
      const properties = scalars(change.metadata);
      yield { kind: 'edge', id: `e-${edges++}`, label, from: change.parent, to: change.child, properties };
    }
  }
}

function scalars(metadata: Metadata): Property[] {
  return Object.entries(metadata).flatMap(([key, value]): Property[] => {
    const one = Array.isArray(value) ? value[0] : value;
    return typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [[key, one]] : [];
  });
}
