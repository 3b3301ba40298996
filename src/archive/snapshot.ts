/** A list of versions seen as a graph: what an archive answers with. Nothing is indexed before someone asks. */
import type { Element, GraphEdge, GraphNode, Value } from '../graph/element.ts';
import { type IndexedKey, KeyIndex } from '../graph/keyindex.ts';
import { overlap } from '../graph/span.ts';
import type { Scalar } from '../graph/value.ts';
import type { Counters, GraphView, Span } from '../graph/view.ts';

/** So many elements are worked through at a stretch: a few milliseconds. */
const AT_ONCE = 10_000;

/** Newest counters by series, by element id. */
export type CountersById = Look<Look<Counters>>;

interface Look<T> {
  get(name: string): T | undefined;
}

export class SnapshotView implements GraphView {
  readonly time: Span;
  readonly #nodes: GraphNode[] = [];
  #edges: GraphEdge[] = [];
  readonly #counters: CountersById;
  /** Several versions of one id can only meet in a span, never at an instant. */
  readonly #isSpan: boolean;
  readonly #valueIndexes = new Map<string, Map<Scalar, GraphNode[]>>();
  #isLarge = false;
  readonly #asked = new Set<string>();
  #nodesById: Map<string, GraphNode[]> | undefined;
  #edgesById: Map<string, GraphEdge[]> | undefined;
  #out: Map<string, GraphEdge[]> | undefined;
  #in: Map<string, GraphEdge[]> | undefined;

  /**
   * `versions` are those that are so at the instant, or overlap the span; in any order. At an instant an edge is there
   * only while both of its ends are: what several hosts tell of one does not begin and end together.
   */
  constructor(time: Span, versions: Iterable<Element>, counters: CountersById = new Map()) {
    this.time = time;
    this.#counters = counters;
    this.#isSpan = time.from !== time.to;
    for (const version of versions) {
      if (version.kind === 'node') this.#nodes.push(version);
      else this.#edges.push(version);
    }
    if (!this.#isSpan) this.#edges = withEnds(this.#edges, this.#nodes);
    const start = this.#isSpan ? startOfVersion : startOfLife;
    oldestFirst(this.#nodes, start);
    oldestFirst(this.#edges, start);
  }

  /**
   * Makes ready what a walk needs, with pauses: a large snapshot would otherwise hold the event loop up when the first
   * edge is followed. `turn` lets the event loop turn.
   */
  async prepare(turn: () => Promise<void>): Promise<this> {
    if (this.#nodes.length + this.#edges.length <= AT_ONCE) return this;
    this.#isLarge = true;
    this.#nodesById = await groupedInTurns(this.#nodes, (node) => node.id, turn);
    this.#out = await groupedInTurns(this.#edges, (edge) => edge.parent, turn);
    this.#in = await groupedInTurns(this.#edges, (edge) => edge.child, turn);
    return this;
  }

  nodes(id?: string): readonly GraphNode[] {
    if (id === undefined) return this.#nodes;
    this.#nodesById ??= grouped(this.#nodes, (node) => node.id);
    return this.#nodesById.get(id) ?? [];
  }

  edges(id?: string): readonly GraphEdge[] {
    if (id === undefined) return this.#edges;
    this.#edgesById ??= grouped(this.#edges, (edge) => edge.id);
    return this.#edgesById.get(id) ?? [];
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  get edgeCount(): number {
    return this.#edges.length;
  }

  out(node: GraphNode): readonly GraphEdge[] {
    this.#out ??= grouped(this.#edges, (edge) => edge.parent);
    return this.#together(this.#out.get(node.id), node);
  }

  in(node: GraphNode): readonly GraphEdge[] {
    this.#in ??= grouped(this.#edges, (edge) => edge.child);
    return this.#together(this.#in.get(node.id), node);
  }

  parents(edge: GraphEdge): readonly GraphNode[] {
    return this.#together(this.nodes(edge.parent), edge);
  }

  children(edge: GraphEdge): readonly GraphNode[] {
    return this.#together(this.nodes(edge.child), edge);
  }

  /**
   * Indexes a key when it is first asked for: that costs what looking through all nodes once would. In a large snapshot
   * whoever asks first looks through them, which can be done with pauses.
   */
  nodesWith(key: string | IndexedKey, value: Value): readonly GraphNode[] | undefined {
    if (typeof value === 'object' && value !== null) return undefined;
    // A name is no path, though it may look like one.
    const name = typeof key === 'string' ? key : `\0${key.key}`;
    let index = this.#valueIndexes.get(name);
    if (!index && this.#isLarge && !this.#asked.has(name)) {
      this.#asked.add(name);
      return undefined;
    }
    if (!index) {
      index = valueIndex(this.#nodes, key);
      this.#valueIndexes.set(name, index);
    }
    return index.get(value as Scalar) ?? [];
  }

  counters(id: string, series: string): Counters | undefined {
    return this.#counters.get(id)?.get(series);
  }

  /** Nothing to do: this never changes. */
  freeze(): void {}

  #together<E extends Element>(versions: readonly E[] | undefined, other: Element): readonly E[] {
    if (versions === undefined) return [];
    return this.#isSpan ? versions.filter((version) => overlap(version, other)) : versions;
  }
}

const startOfLife = (element: Element) => element.createdAt;
const startOfVersion = (element: Element) => element.updatedAt;

function withEnds(edges: GraphEdge[], nodes: readonly GraphNode[]): GraphEdge[] {
  // Without nodes this is a part: of edges alone.
  if (edges.length === 0 || nodes.length === 0) return edges;
  const ids = new Set<string>();
  for (const { id } of nodes) ids.add(id);
  return edges.every(({ parent, child }) => ids.has(parent) && ids.has(child))
    ? edges
    : edges.filter(({ parent, child }) => ids.has(parent) && ids.has(child));
}

/** Stores hand versions out nearly in order: looking first is cheaper than sorting always. */
function oldestFirst(elements: Element[], start: (element: Element) => number): void {
  let last = Number.NEGATIVE_INFINITY;
  for (const element of elements) {
    const time = start(element);
    if (time < last) {
      elements.sort((a, b) => start(a) - start(b));
      return;
    }
    last = time;
  }
}

/** `groups`: those that are there already, to go on with. */
function grouped<E>(
  elements: readonly E[],
  key: (element: E) => string,
  groups = new Map<string, E[]>(),
): Map<string, E[]> {
  for (const element of elements) add(groups, key(element), element);
  return groups;
}

async function groupedInTurns<E>(
  elements: readonly E[],
  key: (element: E) => string,
  turn: () => Promise<void>,
): Promise<Map<string, E[]>> {
  const groups = new Map<string, E[]>();
  for (let from = 0; from < elements.length; from += AT_ONCE) {
    grouped(elements.slice(from, from + AT_ONCE), key, groups);
    await turn();
  }
  return groups;
}

function valueIndex(nodes: readonly GraphNode[], key: string | IndexedKey): Map<Scalar, GraphNode[]> {
  const index = new Map<Scalar, GraphNode[]>();
  const scalars = new KeyIndex(key);
  for (const node of nodes) {
    const values = scalars.valuesOf(node.metadata);
    // A list can name a value twice.
    for (const value of values.length > 1 ? new Set(values) : values) add(index, value, node);
  }
  return index;
}

function add<K, E>(groups: Map<K, E[]>, key: K, element: E): void {
  const group = groups.get(key);
  if (group) group.push(element);
  else groups.set(key, [element]);
}
