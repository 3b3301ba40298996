/** Everything that can flow between the steps of a traversal, be an argument of one, or come out at its end. */
import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import type { Bytecode, CardinalityValue } from '../bytecode.ts';
import type { GMap, GSet } from './collections.ts';
import type { Num } from './num.ts';
import type { Predicate } from './predicate.ts';
import type { Reference } from './reference.ts';
import type { Token } from './token.ts';

export type GValue =
  | null
  | boolean
  | number
  | string
  | Num
  | Uuid
  | DateTime
  | Duration
  | Binary
  | readonly GValue[]
  | GSet
  | GMap
  | BulkSet
  | GraphNode
  | GraphEdge
  | VertexProperty
  | Property
  | Path
  | Tree
  | GraphResult
  | Token
  | Predicate
  | Bytecode
  | ClassName
  | CardinalityValue
  | Reference
  | TraversalMetrics
  | TraversalExplanation;

export class Uuid {
  /** Lower case, with hyphens. */
  readonly value: string;

  constructor(value: string) {
    this.value = value.toLowerCase();
  }
}

/** An OffsetDateTime. */
export class DateTime {
  /** Epoch seconds, whole. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanos: number;
  /** Seconds east of UTC. */
  readonly offset: number;

  constructor(seconds: number, nanos = 0, offset = 0) {
    this.seconds = seconds;
    this.nanos = nanos;
    this.offset = offset;
  }
}

/** Java's Duration: the nanos count up from the seconds, also of a negative one. */
export class Duration {
  readonly seconds: number;
  readonly nanos: number;

  constructor(seconds: number, nanos = 0) {
    this.seconds = seconds;
    this.nanos = nanos;
  }
}

export class Binary {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A property of a vertex. It belongs to the version of the vertex that it was read from. */
export class VertexProperty {
  readonly id: GValue;
  readonly key: string;
  readonly value: GValue;
  readonly vertex: GraphNode;
  /** Properties of the property. */
  readonly meta: ReadonlyMap<string, GValue> | undefined;

  constructor(id: GValue, key: string, value: GValue, vertex: GraphNode, meta?: ReadonlyMap<string, GValue>) {
    this.id = id;
    this.key = key;
    this.value = value;
    this.vertex = vertex;
    this.meta = meta;
  }
}

/** A property of an edge, or of a property of a vertex. */
export class Property {
  readonly key: string;
  readonly value: GValue;
  readonly element: GraphEdge | VertexProperty;

  constructor(key: string, value: GValue, element: GraphEdge | VertexProperty) {
    this.key = key;
    this.value = value;
    this.element = element;
  }
}

export class Path {
  readonly objects: readonly GValue[];
  /** As many as objects. */
  readonly labels: readonly (readonly string[])[];

  constructor(objects: readonly GValue[], labels: readonly (readonly string[])[]) {
    this.objects = objects;
    this.labels = labels;
  }
}

export class Tree {
  readonly entries: GMap;

  /** Of values to trees. */
  constructor(entries: GMap) {
    this.entries = entries;
  }
}

/** How often each value came, in order of their first. */
export class BulkSet {
  readonly counts: GMap;

  /** Of values to plain numbers. */
  constructor(counts: GMap) {
    this.counts = counts;
  }
}

/** What `subgraph` gathers: a graph of its own. */
export class GraphResult {
  readonly vertices: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];

  constructor(vertices: readonly GraphNode[], edges: readonly GraphEdge[]) {
    this.vertices = vertices;
    this.edges = edges;
  }
}

/** A Java class by its name: what withoutStrategies takes. */
export class ClassName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export interface StepMetrics {
  readonly id: string;
  readonly name: string;
  readonly durationNanos: number;
  readonly counts: ReadonlyMap<'traverserCount' | 'elementCount', number>;
  readonly annotations: ReadonlyMap<string, GValue>;
  readonly nested: readonly StepMetrics[];
}

export class TraversalMetrics {
  readonly durationNanos: number;
  readonly metrics: readonly StepMetrics[];

  constructor(durationNanos: number, metrics: readonly StepMetrics[]) {
    this.durationNanos = durationNanos;
    this.metrics = metrics;
  }
}

export class TraversalExplanation {
  readonly original: readonly string[];
  /** Each strategy with the steps after it. */
  readonly intermediate: readonly {
    readonly strategy: string;
    readonly category: string;
    readonly steps: readonly string[];
  }[];
  readonly final: readonly string[];

  constructor(
    original: readonly string[],
    intermediate: TraversalExplanation['intermediate'],
    final: readonly string[],
  ) {
    this.original = original;
    this.intermediate = intermediate;
    this.final = final;
  }
}
