/** How a graph of one's own looks: labels, ids and properties are as they were given. */
import type { Element, GraphEdge, GraphNode, Value } from '../../../graph/element.ts';
import type { IndexedKey } from '../../../graph/keyindex.ts';
import type { GraphView } from '../../../graph/view.ts';
import { type PropertyModel, type Reader, Several } from '../property-graph.ts';
import { type GValue, Property, VertexProperty } from '../value/value.ts';
import { derivedId } from './derived.ts';
import { entriesOf, hasEntries, valuesOf } from './entries.ts';
import { idOf, idTexts } from './ids.ts';
import { fromStored, scalarOf } from './stored.ts';

/** Where the label is kept. No property can be called so: hidden keys are refused. */
export const LABEL = '~label';

export class OwnModel implements PropertyModel {
  readonly #scanned: (key: string, view: GraphView) => void;

  /** `scanned`: called when a key without an index was looked for. */
  constructor(scanned: (key: string, view: GraphView) => void = () => undefined) {
    this.#scanned = scanned;
  }

  label(element: Element): string {
    return element.metadata[LABEL] as string;
  }

  id(element: Element): GValue {
    return idOf(element.id);
  }

  node(id: GValue, view: GraphView): GraphNode | undefined {
    for (const text of idTexts(id)) for (const node of view.nodes(text)) return node;
    return undefined;
  }

  edge(id: GValue, view: GraphView): GraphEdge | undefined {
    for (const text of idTexts(id)) for (const edge of view.edges(text)) return edge;
    return undefined;
  }

  reader(key: string): Reader {
    if (key === LABEL) return () => undefined;
    // Nearly every key: no prototype has a property of this name, so a plain look-up cannot find one.
    if (!(key in Object.prototype)) return ({ metadata }) => read(metadata[key]);
    return ({ metadata }) => (Object.hasOwn(metadata, key) ? read(metadata[key]) : undefined);
  }

  keys({ metadata }: Element): readonly string[] {
    const keys = Object.keys(metadata);
    // The label was there first; but keys that look like numbers come before all others.
    if (keys[0] === LABEL) keys.shift();
    else keys.splice(keys.indexOf(LABEL), 1);
    return keys;
  }

  vertexProperties(node: GraphNode, key: string): readonly VertexProperty[] {
    const stored = own(node, key);
    if (stored === undefined) return [];
    if (!hasEntries(stored)) return [new VertexProperty(derivedId(node.id, key), key, fromStored(stored), node)];
    return entriesOf(stored).map(
      ({ id, value, meta }) => new VertexProperty(id ?? derivedId(node.id, key), key, value, node, meta),
    );
  }

  edgeProperty(edge: GraphEdge, key: string): Property | undefined {
    const stored = own(edge, key);
    return stored === undefined ? undefined : new Property(key, fromStored(stored), edge);
  }

  nodesWith(key: string, value: GValue, view: GraphView): Iterable<GraphNode> | undefined {
    const scalar = scalarOf(value);
    if (scalar === undefined || key === LABEL) return undefined;
    const found = view.nodesWith(indexedKey(key), scalar);
    if (found === undefined) this.#scanned(key, view);
    return found;
  }

  nodesLabelled(label: string, view: GraphView): Iterable<GraphNode> | undefined {
    return view.nodesWith(indexedKey(LABEL), label);
  }
}

/** How a property is found by its value. */
export function indexedKey(key: string): IndexedKey {
  return { key, scalars };
}

function scalars(stored: Value): readonly (string | number | boolean)[] {
  if (typeof stored === 'string') return [stored];
  const values = hasEntries(stored) ? valuesOf(stored) : [fromStored(stored)];
  return values.map(scalarOf).filter((scalar) => scalar !== undefined);
}

function read(stored: Value | undefined): GValue | Several | undefined {
  // Nearly every value.
  if (typeof stored !== 'object' || stored === null) return stored;
  if (!hasEntries(stored)) return fromStored(stored);
  const values = valuesOf(stored);
  return values.length === 1 ? values[0] : new Several(values);
}

function own({ metadata }: Element, key: string): Value | undefined {
  return key !== LABEL && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
}
