/**
 * The graph of now with its recent past: plain maps of what is alive, and a change log from which any earlier moment
 * is read back. No I/O and no clock of its own: time comes in with every change.
 */
import { Adjacency } from './adjacency.ts';
import type { Change, Commit, GraphEvent, SampleEvent, Source } from './change.ts';
import { difference } from './diff.ts';
import type { Element, GraphEdge, Metadata } from './element.ts';
import { firstEdge, firstNode } from './first.ts';
import { type IndexedKey, KeyIndex } from './keyindex.ts';
import { ChangeLog } from './log.ts';
import { merged, patched, patchedKeys } from './merge.ts';
import { NowView } from './now.ts';
import { PastView } from './past.ts';
import { Remembered } from './remembered.ts';
import { SeriesStore } from './series.ts';
import { ANCHOR_EVERY, Delta, NodeSlot, Slot } from './slot.ts';
import { SpanView } from './span.ts';
import { Table } from './table.ts';
import { changedKeys } from './value.ts';
import type { Difference, GraphView, Sample, Span } from './view.ts';

export interface GraphOptions {
  /** Dotted metadata keys of nodes that get an index. */
  readonly indexed?: readonly (string | IndexedKey)[];
  /** Names an edge that comes without an id; a function of its ends and its relation. */
  readonly edgeId?: (parent: string, child: string, relation: string) => string;
  /** Added to log positions to give revisions, so that they go on growing after a restart. */
  readonly firstRevision?: number;
  /** Nothing before this moment is known here, epoch ms. */
  readonly begin?: number;
}

export class Graph {
  readonly nodes: Table<NodeSlot>;
  readonly edges: Table<Slot>;
  readonly log = new ChangeLog();
  readonly series = new SeriesStore();
  readonly #edgeId: (parent: string, child: string, relation: string) => string;
  readonly #firstRevision: number;
  readonly #listeners = new Set<(commit: Commit) => void>();
  readonly #remembered = new Remembered();
  #begin: number;
  #lastTime: number;

  constructor(options: GraphOptions = {}) {
    const indexes = [...new Set(options.indexed ?? [])].map((key) => new KeyIndex(key));
    this.nodes = new Table((id) => new NodeSlot(id), indexes);
    this.edges = new Table((id) => new Slot(id), []);
    this.#edgeId = options.edgeId ?? ((parent, child, relation) => `${parent}>${relation}>${child}`);
    this.#firstRevision = options.firstRevision ?? 1;
    this.#begin = options.begin ?? Number.NEGATIVE_INFINITY;
    this.#lastTime = this.#begin;
  }

  /** Revision of the newest event; one less than the next will get. */
  get revision(): number {
    return this.log.next + this.#firstRevision - 1;
  }

  /** Time of the newest change, epoch ms; -Infinity before the first. */
  get lastTime(): number {
    return this.#lastTime;
  }

  /** One transaction. What cannot be is refused with a reason; the rest goes on. */
  apply(changes: Iterable<Change>, source: Source): Commit {
    // The log is ordered by time: a clock that was set back does not reorder what we saw.
    const time = Math.max(source.time, this.#lastTime);
    const commit: Writing = {
      time,
      recordedAt: source.recordedAt ?? source.time,
      source,
      events: [],
      samples: [],
      refused: [],
    };
    const begin = this.log.next;
    for (const change of changes) {
      const reason = this.#write(change, commit);
      if (reason !== undefined) commit.refused.push({ change, reason });
    }
    for (const edge of this.#remembered.edgesThatWait) this.#adopt(edge, time, commit.recordedAt);
    const hasNews = this.log.next > begin;
    if (hasNews) this.#lastTime = time;
    if (hasNews || commit.samples.length > 0) for (const listener of this.#listeners) listener(commit);
    return commit;
  }

  /** Calls after each commit that changed something, or took up what was remembered. The result ends it. */
  subscribe(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  now(): GraphView {
    return new NowView(this);
  }

  at(time: number): GraphView {
    return new PastView(this, this.log.positionAfter(time), { from: time, to: time });
  }

  between(span: Span): GraphView {
    return new SpanView(this, span);
  }

  history(ids: readonly string[], span: Span = EVER): Element[] {
    return ids.flatMap((id) => [
      ...(this.nodes.get(id)?.versions(span.from, span.to, this.log) ?? []),
      ...(this.edges.get(id)?.versions(span.from, span.to, this.log) ?? []),
    ]);
  }

  diff(span: Span): Difference[] {
    const from = this.log.positionAfter(span.from);
    const to = this.log.positionAfter(span.to);
    const touched = new Set<Slot>();
    for (let position = from; position < to; position++) touched.add(this.log.slotOf(position));
    return [...touched].flatMap((slot) => difference(slot.before(from, this.log), slot.before(to, this.log)));
  }

  samples(ids: readonly string[], series: string, span?: Span): Map<string, Sample[]> {
    return new Map(ids.map((id) => [id, this.series.samples(id, series, span)]));
  }

  /** Events after `revision`, oldest first, `max` at most; undefined when they are not kept any more (or not written yet). */
  since(revision: number, max = Number.POSITIVE_INFINITY): GraphEvent[] | undefined {
    const position = revision - this.#firstRevision + 1;
    if (position < this.log.first || position > this.log.next) return undefined;
    const events: GraphEvent[] = [];
    const end = Math.min(this.log.next, position + max);
    for (let next = position; next < end; next++) events.push(this.#eventAt(next));
    return events;
  }

  timeOf(revision: number): number | undefined {
    const position = revision - this.#firstRevision;
    return position < this.log.first || position >= this.log.next ? undefined : this.log.timeOf(position);
  }

  /** What is kept here. */
  range(): Span {
    return { from: this.#begin, to: this.#lastTime };
  }

  /** Gives a key of nodes an index, for all that is kept. Takes the time of a look at each node. */
  index(key: string | IndexedKey): void {
    const index = new KeyIndex(key);
    if (this.nodes.indexOf(index.key)) return;
    for (const slot of this.nodes.all()) index.take(slot, this.log);
    this.nodes.indexes.push(index);
  }

  /** Forgets what ended before `time`, or more than `eventsMax` events ago. Works by segments: some more may stay. */
  forgetBefore(time: number, eventsMax = Number.POSITIVE_INFINITY): void {
    const first = this.log.first;
    this.log.dropBefore(time, eventsMax, (position) => {
      const slot = this.log.slotOf(position);
      if (this.log.kindOf(position) !== 'returned') slot.forgetFirst(position, this.log);
      this.#begin = Math.max(this.#begin, this.log.timeOf(position));
    });
    if (this.log.first === first) return;
    const hasPast = (slot: Slot) => slot.current !== undefined || slot.eventCount > 0;
    for (const table of [this.nodes, this.edges]) {
      for (const slot of table.ended.values()) {
        if (hasPast(slot)) continue;
        table.ended.delete(slot.id);
        this.series.forget(slot.id);
      }
      for (const index of table.indexes) index.forget(hasPast);
    }
    for (const slot of this.nodes.all()) {
      slot.out?.forget(this.log.first);
      slot.in?.forget(this.log.first);
    }
  }

  /**
   * Elements of an earlier run. Each waits until someone speaks of its id and then goes on with its old birth and
   * revision; those that nobody spoke of are handed out by `forgotten`. They are not part of the graph while they wait.
   */
  remember(elements: Iterable<Element>): void {
    this.#remembered.add(elements);
  }

  /** Takes remembered elements into the graph as they are, an edge as soon as its ends are there: nobody else will speak of them. */
  adopt(wanted: (element: Element) => boolean): void {
    for (const element of this.#remembered.unspoken(wanted)) this.#adopt(element, this.#lastTime, this.#lastTime);
  }

  /** Hands out, and lets go, what was remembered and is not back. */
  forgotten(): Element[] {
    return this.#remembered.takeAll();
  }

  /** A life goes on. To the log that is news of no change, so that whoever follows it hears of the element. */
  #adopt(element: Element, time: number, recordedAt: number): Slot | undefined {
    if (element.kind === 'edge' && !(this.nodes.alive.has(element.parent) && this.nodes.alive.has(element.child)))
      return undefined;
    this.#remembered.delete(element);
    const table: Table<Slot> = element.kind === 'node' ? this.nodes : this.edges;
    const slot = table.begin(element.id);
    slot.current = element;
    slot.floor = { time: element.updatedAt, recordedAt: element.recordedAt };
    this.log.push(slot, 'returned', time, recordedAt, undefined);
    for (const index of table.indexes) index.add(slot, element.metadata);
    if (element.kind === 'edge') this.#tie(slot, element);
    return slot;
  }

  #write(change: Change, commit: Writing): string | undefined {
    switch (change.kind) {
      case 'node':
        return this.#writeNode(change, commit);
      case 'edge':
        return this.#writeEdge(change, commit);
      case 'set': {
        const slot = this.#find(change, commit);
        if (!slot?.current) return 'Graph element not found';
        const before = slot.current.metadata;
        const keys = patchedKeys(before, change.set, change.unset);
        if (keys.length > 0) this.#update(slot, patched(before, keys, change.set), keys, commit);
        return undefined;
      }
      case 'gone': {
        const slot = this.#find(change, commit);
        if (!slot?.current) return 'Graph element not found';
        this.#remove(slot, commit);
        return undefined;
      }
      case 'counters': {
        if (!this.nodes.alive.has(change.id) && !this.edges.alive.has(change.id)) return 'Graph element not found';
        const sample = this.series.read(change.id, change.series, change.total, commit.time);
        if (sample) commit.samples.push(sample);
        return undefined;
      }
    }
  }

  #find({ id, of }: { id: string; of?: 'node' | 'edge' }, commit: Writing): Slot | undefined {
    const node = of === 'edge' ? undefined : this.#alive('node', id, commit);
    return node ?? (of === 'node' ? undefined : this.#alive('edge', id, commit));
  }

  /** To speak of what an earlier run left is to take it up. */
  #alive(kind: 'node' | 'edge', id: string, { time, recordedAt }: Writing): Slot | undefined {
    const table: Table<Slot> = kind === 'node' ? this.nodes : this.edges;
    const slot = table.alive.get(id);
    if (slot || this.#remembered.isEmpty) return slot;
    const element = this.#remembered.get(kind, id);
    return element && this.#adopt(element, time, recordedAt);
  }

  #writeNode({ id, metadata, owns }: Change & { kind: 'node' }, commit: Writing): undefined {
    const slot = this.#alive('node', id, commit);
    if (slot?.current) {
      const after = owns ? merged(slot.current.metadata, metadata, owns) : metadata;
      this.#update(slot, after, changedKeys(slot.current.metadata, after), commit);
      return;
    }
    this.#start(this.nodes, firstNode(id, metadata, commit), commit);
  }

  #writeEdge(change: Change & { kind: 'edge' }, commit: Writing): string | undefined {
    const { parent, child, metadata } = change;
    const from = this.nodes.alive.get(parent);
    const to = this.nodes.alive.get(child);
    if (!from) return 'Parent node not found';
    if (!to) return 'Child node not found';
    const id = change.id ?? this.#edgeId(parent, child, String(metadata.RelationType ?? ''));
    const slot = this.#alive('edge', id, commit);
    const current = slot?.current as GraphEdge | undefined;
    if (slot && current?.parent === parent && current.child === child) {
      this.#update(slot, metadata, changedKeys(current.metadata, metadata), commit);
      return undefined;
    }
    // The same id between other nodes is another edge: one life ends, the next begins.
    if (slot) this.#remove(slot, commit);
    // The nodes' own texts: those that came with the change are copies, two for every edge.
    const ends = { parent: from.id, child: to.id };
    const edge = firstEdge(id, ends, metadata, commit);
    this.#tie(this.#start(this.edges, edge, commit), edge);
    return undefined;
  }

  #start<S extends Slot>(table: Table<S>, element: Element, commit: Writing): S {
    if (!this.#remembered.isEmpty) this.#remembered.replace(element.kind, element.id);
    if (element.kind === 'node' || !this.nodes.alive.has(element.id)) this.series.begin(element.id, commit.time);
    const slot = table.begin(element.id);
    slot.current = element;
    slot.wrote(this.log.push(slot, 'added', commit.time, commit.recordedAt, undefined));
    for (const index of table.indexes) index.add(slot, element.metadata);
    commit.events.push({ revision: this.revision, kind: 'added', element, before: undefined });
    return slot;
  }

  #tie(slot: Slot, edge: GraphEdge): void {
    const parent = this.nodes.alive.get(edge.parent) as NodeSlot;
    const child = this.nodes.alive.get(edge.child) as NodeSlot;
    parent.out ??= new Adjacency();
    parent.out.add(slot);
    child.in ??= new Adjacency();
    child.in.add(slot);
  }

  #update(slot: Slot, metadata: Metadata, keys: readonly string[], commit: Writing): void {
    if (keys.length === 0) return;
    const before = slot.current as Element;
    const undo = before.revision % ANCHOR_EVERY === 0 ? before : new Delta(keys, before.metadata);
    const element: Element = {
      ...before,
      metadata,
      updatedAt: commit.time,
      recordedAt: commit.recordedAt,
      revision: before.revision + 1,
    };
    slot.current = element;
    slot.wrote(this.log.push(slot, 'updated', commit.time, commit.recordedAt, undo));
    if (element.kind === 'node')
      for (const index of this.nodes.indexes) {
        if (!keys.includes(index.root)) continue;
        index.remove(slot, before.metadata);
        index.add(slot, metadata);
      }
    commit.events.push({ revision: this.revision, kind: 'updated', element, before });
  }

  /** A node takes its edges with it, at the same moment and before it. */
  #remove(slot: Slot, commit: Writing): void {
    if (slot instanceof NodeSlot)
      for (const edge of [...(slot.out?.alive() ?? []), ...(slot.in?.alive() ?? [])])
        if (edge.current) this.#remove(edge, commit);
    const before = slot.current as Element;
    const ended: Element = { ...before, deletedAt: commit.time, validTo: commit.time };
    const position = this.log.push(slot, 'removed', commit.time, commit.recordedAt, before);
    slot.current = undefined;
    slot.wrote(position);
    slot.ends ??= [];
    slot.ends.push(position);
    if (before.kind === 'node') {
      this.nodes.end(slot as NodeSlot);
      for (const index of this.nodes.indexes) index.remove(slot, before.metadata);
    } else {
      this.edges.end(slot);
      this.nodes.get(before.parent)?.out?.end(slot, position);
      this.nodes.get(before.child)?.in?.end(slot, position);
    }
    commit.events.push({ revision: this.revision, kind: 'removed', element: ended, before });
  }

  #eventAt(position: number): GraphEvent {
    const slot = this.log.slotOf(position);
    const kind = this.log.kindOf(position);
    const revision = position + this.#firstRevision;
    const before = slot.before(position, this.log);
    if (kind === 'returned') return { revision, kind: 'added', element: before as Element, before: undefined };
    if (kind === 'removed') {
      const last = before as Element;
      return { revision, kind, element: { ...last, deletedAt: this.log.timeOf(position) }, before };
    }
    return { revision, kind, element: slot.before(position + 1, this.log) as Element, before };
  }
}

interface Writing extends Commit {
  readonly source: Source;
  readonly events: GraphEvent[];
  readonly samples: SampleEvent[];
  readonly refused: { change: Change; reason: string }[];
}

const EVER: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
