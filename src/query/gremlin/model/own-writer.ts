/** Changes of a graph of one's own. What is refused is refused as TinkerGraph does, in the same words. */
import type { Change, Source } from '../../../graph/change.ts';
import type { Element, GraphEdge, GraphNode, Value } from '../../../graph/element.ts';
import type { Graph } from '../../../graph/graph.ts';
import { ownValue, put } from '../../../graph/value.ts';
import { type Mistake, mistake } from '../../../std/mistake.ts';
import type { Cardinality, GraphWriter, NewProperty } from '../property-graph.ts';
import { isNumber } from '../value/num.ts';
import { type GValue, type Property, Uuid, VertexProperty } from '../value/value.ts';
import { derivedId } from './derived.ts';
import { type Entry, entriesOf, withEntries } from './entries.ts';
import { idOf, idText, intOf } from './ids.ts';
import { Interned } from './interned.ts';
import { labelText, propertyKey } from './names.ts';
import { LABEL } from './own.ts';
import { isSame, toStored } from './stored.ts';
import { withProperty } from './with-property.ts';

export interface OwnWriterParts {
  readonly graph: Graph;
  readonly usual: Cardinality;
  /** Whose words, and of when. */
  readonly source: () => Source;
  readonly mayWrite: (() => void) | undefined;
  readonly kept: (() => Promise<void>) | undefined;
}

export class OwnWriter implements GraphWriter {
  readonly usual: Cardinality;
  /** Absent where nothing is kept. */
  readonly kept?: () => Promise<void>;
  readonly #graph: Graph;
  readonly #source: () => Source;
  readonly #mayWrite: (() => void) | undefined;
  readonly #interned = new Interned();
  /** New ids count on from the highest that ever was. */
  #nextId = 0;

  constructor({ graph, usual, source, mayWrite, kept }: OwnWriterParts) {
    if (kept) this.kept = kept;
    this.#mayWrite = mayWrite;
    this.usual = usual;
    this.#graph = graph;
    this.#source = source;
    this.countOn();
  }

  /** Call after elements came into the graph in another way: new ids are none of theirs. */
  countOn(): void {
    for (const table of [this.#graph.nodes, this.#graph.edges]) for (const slot of table.all()) this.#noteId(slot.id);
  }

  addVertex(label: string, id: GValue | undefined, properties: readonly NewProperty[]): GraphNode {
    const text = id === undefined ? this.#newId() : idText(id);
    if (this.#graph.nodes.alive.has(text)) throw taken('Vertex', text);
    const metadata: Record<string, Value> = { [LABEL]: this.#interned.text(labelText(label), LABEL) };
    for (const property of properties) {
      const key = propertyKey(property.key);
      const value = this.#with(text, ownValue(metadata, key), property);
      if (value === undefined) delete metadata[key];
      else put(metadata, key, value);
    }
    this.#apply({ kind: 'node', id: text, metadata });
    this.#noteId(text);
    return this.#graph.nodes.alive.get(text)?.current as GraphNode;
  }

  addEdge(
    label: string,
    from: GraphNode,
    to: GraphNode,
    id: GValue | undefined,
    properties: readonly NewProperty[],
  ): GraphEdge {
    const text = id === undefined ? this.#newId() : idText(id);
    if (this.#graph.edges.alive.has(text)) throw taken('Edge', text);
    for (const node of [from, to]) this.#current(node);
    const metadata: Record<string, Value> = { [LABEL]: this.#interned.text(labelText(label), LABEL) };
    for (const { key, value } of properties) {
      if (value === null) delete metadata[propertyKey(key)];
      else put(metadata, propertyKey(key), this.#stored(key, value));
    }
    this.#apply({ kind: 'edge', id: text, parent: from.id, child: to.id, metadata });
    this.#noteId(text);
    return this.#graph.edges.alive.get(text)?.current as GraphEdge;
  }

  setProperty<E extends Element>(element: E, property: NewProperty): E {
    const key = propertyKey(property.key);
    const current = this.#current(element);
    const before = ownValue(current.metadata, key);
    if (element.kind === 'node') this.#put(element, key, this.#with(element.id, before, property));
    else this.#put(element, key, property.value === null ? undefined : this.#stored(key, property.value));
    return this.#current(element);
  }

  removeProperty(property: VertexProperty | Property): void {
    if (property instanceof VertexProperty) this.#replaceEntry(property, undefined);
    else if (property.element instanceof VertexProperty)
      this.#replaceEntry(property.element, (entry) => ({ ...entry, meta: without(entry.meta, property.key) }));
    else if (this.#find(property.element)) this.#put(property.element, property.key, undefined);
  }

  remove(element: Element): void {
    if (this.#find(element)) this.#apply({ kind: 'gone', of: element.kind, id: element.id });
  }

  #with(vertex: string, before: Value | undefined, property: NewProperty): Value | undefined {
    return withProperty(vertex, before, property, {
      usual: this.usual,
      stored: (key, value) => this.#stored(key, value),
    });
  }

  #stored(key: string, value: GValue): Value {
    return typeof value === 'string' ? this.#interned.text(value, key) : toStored(value);
  }

  #replaceEntry({ vertex, key, id }: VertexProperty, change: ((entry: Entry) => Entry) | undefined): void {
    const current = this.#find(vertex);
    if (!current || !Object.hasOwn(current.metadata, key)) return;
    const entries = entriesOf(current.metadata[key]).flatMap((entry) => {
      if (!isSame(entry.id ?? derivedId(vertex.id, key), id)) return [entry];
      return change === undefined ? [] : [change(entry)];
    });
    this.#put(vertex, key, withEntries(entries));
  }

  #put({ kind, id }: Element, key: string, value: Value | undefined): void {
    if (value === undefined) this.#apply({ kind: 'set', of: kind, id, unset: [key] });
    else this.#apply({ kind: 'set', of: kind, id, set: { [key]: value } });
  }

  #find<E extends Element>({ kind, id }: E): E | undefined {
    const table = kind === 'node' ? this.#graph.nodes : this.#graph.edges;
    return table.alive.get(id)?.current as E | undefined;
  }

  #current<E extends Element>(element: E): E {
    const current = this.#find(element);
    if (current) return current;
    const what = element.kind === 'node' ? 'Vertex' : 'Edge';
    throw mistake('query.element-removed', `${what} with id ${printed(idOf(element.id))} was removed.`);
  }

  #apply(change: Change): void {
    this.#mayWrite?.();
    const [refused] = this.#graph.apply([change], this.#source()).refused;
    if (refused) throw mistake('query.change-refused', refused.reason);
  }

  #newId(): string {
    return idText(this.#nextId);
  }

  #noteId(text: string): void {
    const int = intOf(text);
    if (int !== undefined && int >= this.#nextId) this.#nextId = int + 1;
  }
}

function taken(what: 'Vertex' | 'Edge', text: string): Mistake {
  return mistake('query.id-taken', `${what} with id already exists: ${printed(idOf(text))}`);
}

function printed(id: GValue): string {
  if (isNumber(id)) return String(typeof id === 'number' ? id : id.value);
  return id instanceof Uuid ? id.value : String(id);
}

function without(meta: Entry['meta'], key: string): Entry['meta'] {
  return new Map([...(meta ?? [])].filter(([name]) => name !== key));
}
