/**
 * Steps that change the network: what users add stands beside what probes describe, as through `/api/node` and
 * `/api/edge`. What a probe has described is the probe's to change.
 */
import { edgeMetadataShape, nodeMetadataShape } from '../../contract/change.ts';
import { idLengthMax } from '../../contract/element.ts';
import type { Change } from '../../graph/change.ts';
import type { Element, GraphEdge, GraphNode, Metadata, Value } from '../../graph/element.ts';
import { propertyKey } from '../../query/gremlin/model/names.ts';
import type { GraphWriter, NewProperty } from '../../query/gremlin/property-graph.ts';
import { type GValue, type Property, VertexProperty } from '../../query/gremlin/value/value.ts';
import { isList } from '../../query/key.ts';
import { edgeId } from '../../std/edgeid.ts';
import { type Mistake, mistake } from '../../std/mistake.ts';
import { unsafeIn } from '../body.ts';
import { issuesText } from '../issues-text.ts';
import type { ApiParts } from '../parts.ts';
import { plain } from './plain.ts';

export interface NetworkWriterParts extends Pick<ApiParts, 'graph' | 'host' | 'publisher' | 'clock' | 'archive'> {
  readonly newId: () => string;
}

export class NetworkWriter implements GraphWriter {
  readonly usual = 'single';
  readonly #parts: NetworkWriterParts;

  constructor(parts: NetworkWriterParts) {
    this.#parts = parts;
  }

  addVertex(label: string, id: GValue | undefined, properties: readonly NewProperty[]): GraphNode {
    const text = idOf(id) ?? this.#parts.newId();
    if (this.#find('node', text)) throw taken('Vertex', text);
    let metadata: Metadata = { Type: label };
    for (const property of properties) metadata = withProperty(metadata, property, 'node');
    // Traversals of everyone add vertices first and tell about them later: until then it goes by its id.
    if (metadata.Name === undefined) metadata = { ...metadata, Name: text };
    this.#apply({ kind: 'node', id: text, metadata: checkedNode(metadata) });
    return this.#find('node', text) as GraphNode;
  }

  addEdge(
    label: string,
    from: GraphNode,
    to: GraphNode,
    id: GValue | undefined,
    properties: readonly NewProperty[],
  ): GraphEdge {
    for (const { id: end } of [from, to])
      if (!this.#find('node', end)) throw mistake('query.element-removed', `Vertex with id ${end} was removed.`);
    let metadata: Metadata = { RelationType: label };
    for (const property of properties) metadata = withProperty(metadata, property, 'edge');
    // As the graph names edges that bring no id; a second one between the same two gets an id of its own.
    const derived = edgeId(from.id, to.id, label);
    const text = idOf(id) ?? (this.#find('edge', derived) ? this.#parts.newId() : derived);
    if (this.#find('edge', text)) throw taken('Edge', text);
    this.#apply({ kind: 'edge', id: text, parent: from.id, child: to.id, metadata: checkedEdge(metadata) });
    return this.#find('edge', text) as GraphEdge;
  }

  setProperty<E extends Element>(element: E, property: NewProperty): E {
    const current = this.#own(element);
    const metadata = withProperty(current.metadata, property, current.kind);
    const key = topOf(property.key);
    const isNamedNow = key === 'Name' && current.metadata.Name === current.id;
    if (fixed[current.kind].includes(key) && metadata[key] !== current.metadata[key] && !isNamedNow)
      throw mistake(
        'gremlin.fixed-property',
        `${key} says what this ${wordFor(current)} is, and stays`,
        'whoever wants another one adds another one',
      );
    this.#set(current, key, metadata[key]);
    return this.#own(element);
  }

  removeProperty(property: VertexProperty | Property): void {
    const element = property instanceof VertexProperty ? property.vertex : property.element;
    if (element instanceof VertexProperty) throw noMeta();
    if (this.#find(element.kind, element.id) === undefined) return;
    const current = this.#own<Element>(element);
    const key = topOf(property.key);
    const left = without(current.metadata, property);
    // These say which key they cannot be without.
    if (current.kind === 'node') checkedNode(left);
    else checkedEdge(left);
    this.#set(current, key, left[key]);
  }

  remove(element: Element): void {
    const current = this.#find(element.kind, element.id);
    if (current === undefined) return;
    this.#own(current);
    this.#apply({ kind: 'gone', of: current.kind, id: current.id });
  }

  /** What was written is durable. */
  kept(): Promise<void> {
    return this.#parts.archive.flushed();
  }

  #set({ kind, id }: Element, key: string, value: Value | undefined): void {
    if (value === undefined) this.#apply({ kind: 'set', of: kind, id, unset: [key] });
    else this.#apply({ kind: 'set', of: kind, id, set: { [key]: value } });
  }

  #find(kind: Element['kind'], id: string): Element | undefined {
    const view = this.#parts.graph.now();
    for (const element of kind === 'node' ? view.nodes(id) : view.edges(id)) return element;
    return undefined;
  }

  /** The element as it is now, when it is not a probe's. */
  #own<E extends Element>(element: E): E {
    const current = this.#find(element.kind, element.id) as E | undefined;
    const what = wordFor(element);
    if (current === undefined)
      throw mistake(
        'query.element-removed',
        `${element.kind === 'node' ? 'Vertex' : 'Edge'} with id ${element.id} was removed.`,
      );
    if (!current.origin.startsWith('agent.')) return current;
    const name = String(current.metadata.Name ?? current.metadata.RelationType ?? current.id);
    throw mistake(
      'gremlin.probed',
      `this ${what} (${name}) is described by a probe, and changes when the network does`,
      'what users added can be changed and dropped',
    );
  }

  #apply(change: Change): void {
    const { graph, host, clock, archive, publisher = `api.${host}` } = this.#parts;
    if (archive.isFull())
      throw mistake('gremlin.busy', 'the archive does not keep up with the changes', 'try again in a moment');
    const { refused } = graph.apply([change], { host, origin: publisher, time: clock.now() });
    if (refused[0]) throw mistake('query.change-refused', refused[0].reason);
  }
}

/** These say what a thing is. */
const fixed: Readonly<Record<Element['kind'], readonly string[]>> = {
  node: ['Name', 'Type', 'TID'],
  edge: ['RelationType'],
};

function topOf(key: string): string {
  return key.split('.', 1)[0] as string;
}

/** What is nested has dots in its key, as it is read. `null` takes it away. */
function withProperty(metadata: Metadata, property: NewProperty, kind: Element['kind']): Metadata {
  const { value, cardinality = 'single', id, meta } = property;
  const key = propertyKey(property.key);
  if (key.startsWith('@')) throw mistake('gremlin.property', `${key} is kept by the graph itself`);
  if (meta?.length) throw noMeta();
  if (id !== undefined) throw mistake('gremlin.property', `ids of properties follow from their vertex and key: ${key}`);
  return replaced(metadata, pathOf(metadata, key), (before) => {
    if (value === null) return cardinality === 'single' ? undefined : before;
    const json = jsonOf(value);
    if (cardinality === 'single' || kind === 'edge') return json;
    const all = before === undefined || before === null ? [] : isList(before) ? before : [before];
    const isThere = cardinality === 'set' && all.some((item) => JSON.stringify(item) === JSON.stringify(json));
    return isThere ? all : [...all, json];
  });
}

function pathOf(metadata: Metadata, key: string): readonly string[] {
  const path = Object.hasOwn(metadata, key) ? [key] : key.split('.');
  if (path.every((part) => part !== '' && part !== '__proto__')) return path;
  throw mistake('gremlin.property', `this is no key of metadata: ${key}`);
}

function replaced(
  metadata: Metadata,
  [head = '', ...rest]: readonly string[],
  change: (before: Value | undefined) => Value | undefined,
): Metadata {
  const before = Object.hasOwn(metadata, head) ? metadata[head] : undefined;
  const inner = typeof before === 'object' && before !== null && !isList(before) ? (before as Metadata) : {};
  const { [head]: _, ...others } = metadata;
  if (rest.length > 0) {
    const after = replaced(inner, rest, change);
    return Object.keys(after).length === 0 ? others : { ...metadata, [head]: after };
  }
  const after = change(before);
  return after === undefined ? others : { ...metadata, [head]: after };
}

/** Of several values of a key the one that is meant goes. */
function without(metadata: Metadata, property: VertexProperty | Property): Metadata {
  const { key } = property;
  const path = pathOf(metadata, key);
  const json = property instanceof VertexProperty ? JSON.stringify(jsonOf(property.value)) : undefined;
  return replaced(metadata, path, (before) => {
    if (json === undefined || !isList(before)) return undefined;
    const at = before.findIndex((item) => JSON.stringify(item) === json);
    const left = before.filter((_, index) => index !== at);
    return left.length === 0 ? undefined : left;
  });
}

function checkedNode(metadata: Metadata): Metadata {
  const checked = nodeMetadataShape.safeParse(metadata);
  if (!checked.success)
    throw mistake('gremlin.metadata', issuesText(checked.error), "g.addV('rack').property('Name', 'r1')");
  return safe(metadata);
}

function checkedEdge(metadata: Metadata): Metadata {
  const checked = edgeMetadataShape.safeParse(metadata);
  if (!checked.success) throw mistake('gremlin.metadata', issuesText(checked.error));
  return safe(metadata);
}

function safe(metadata: Metadata): Metadata {
  const fault = unsafeIn(metadata);
  if (fault !== undefined) throw mistake('gremlin.metadata', `the metadata ${fault}`);
  return metadata;
}

function idOf(id: GValue | undefined): string | undefined {
  if (id === undefined || id === null) return undefined;
  const json = jsonOf(id);
  if (typeof json === 'string' || typeof json === 'number') {
    const text = String(json);
    if (text.length >= 1 && text.length <= idLengthMax) return text;
  }
  throw mistake('gremlin.id', `an id is a text of 1 to ${idLengthMax} characters`);
}

function jsonOf(value: GValue): Value {
  return plain(value, { elementOf: refuse, otherwise: refuse });
}

function refuse(): never {
  throw mistake('query.no-property-value', 'this is no value of a property: texts, numbers, lists and maps are');
}

function wordFor({ kind }: Element): string {
  return kind === 'node' ? 'vertex' : 'edge';
}

function noMeta(): Mistake {
  return mistake('gremlin.property', 'properties have no properties of their own here');
}

function taken(what: 'Vertex' | 'Edge', id: string): Mistake {
  return mistake('query.id-taken', `${what} with id already exists: ${id}`);
}
