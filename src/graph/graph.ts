/**
 * The graph of now with its recent past: plain maps of what is alive, and a change log from which any earlier moment
 * is read back. No I/O and no clock of its own: time comes in with every change.
 */
import type { Change, Commit, GraphEvent, SampleEvent, Source } from './change.ts';
import { differencesBetween } from './diff-log.ts';
import type { Element, GraphEdge, Metadata } from './element.ts';
import { Events } from './events.ts';
import { firstEdge, firstNode } from './first.ts';
import { type IndexedKey, KeyIndex } from './keyindex.ts';
import { Lives, type Writing } from './lives.ts';
import type { ChangeLog } from './log.ts';
import { merged, patched, patchedKeys } from './merge.ts';
import { Mirror } from './mirror.ts';
import { NowView } from './now.ts';
import { PastView } from './past.ts';
import type { Remembered } from './remembered.ts';
import type { SeriesStore } from './series.ts';
import type { NodeSlot, Slot } from './slot.ts';
import { SpanView } from './span.ts';
import type { Table } from './table.ts';
import { versionOf } from './telling.ts';
import type { MirrorCounts, Mirrored, Mirroring, Teller, Told } from './told.ts';
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
  readonly log: ChangeLog;
  readonly series: SeriesStore;
  readonly #edgeId: (parent: string, child: string, relation: string) => string;
  readonly #events: Events;
  readonly #listeners = new Set<(commit: Commit) => void>();
  readonly #lives: Lives;
  readonly #mirror: Mirror;
  readonly #remembered: Remembered;
  #begin: number;
  #lastTime: number;
  /** Of what was written here, not told. */
  #lastWritten: number;

  constructor(options: GraphOptions = {}) {
    const indexes = [...new Set(options.indexed ?? [])].map((key) => new KeyIndex(key));
    const { firstRevision = 1 } = options;
    this.#lives = new Lives(indexes, firstRevision);
    this.#mirror = new Mirror(this.#lives);
    ({ nodes: this.nodes, edges: this.edges, log: this.log, series: this.series } = this.#lives);
    this.#events = new Events(this.log, firstRevision);
    this.#remembered = this.#lives.remembered;
    this.#edgeId = options.edgeId ?? ((parent, child, relation) => `${parent}>${relation}>${child}`);
    this.#begin = options.begin ?? Number.NEGATIVE_INFINITY;
    this.#lastTime = this.#lastWritten = this.#begin;
  }

  /** Revision of the newest event; one less than the next will get. */
  get revision(): number {
    return this.#lives.revision;
  }

  /** Time of the newest change, epoch ms; -Infinity before the first. */
  get lastTime(): number {
    return this.#lastTime;
  }

  /** One transaction. What cannot be is refused with a reason; the rest goes on. */
  apply(changes: Iterable<Change>, source: Source): Commit {
    // A clock that was set back does not reorder what was written here.
    const time = Math.max(source.time, this.#lastWritten);
    const commit = newCommit(source, time, source.recordedAt ?? source.time);
    const begin = this.log.next;
    for (const change of changes) {
      const reason = this.#write(change, commit);
      if (reason !== undefined) commit.refused.push({ change, reason });
    }
    if (!this.#remembered.isEmpty) this.#adoptEdges(time, commit.recordedAt);
    if (this.log.next > begin) this.#lastWritten = time;
    this.#publish(commit, begin);
    return commit;
  }

  /**
   * Takes in, as they are, versions of another graph's elements. What is known, by its name, changes nothing, nor does
   * what is older than what is known. After `close`, or when something is `missing`, the teller has to tell a whole
   * picture (`wholeAt`). Of an element that several tell of the words of the first are shown; when its life there ends,
   * the next's are, from that moment on. What is written here and told by another is left to whoever had it first.
   */
  mirror(told: Iterable<Told>, teller: Teller, how: Mirroring): Mirrored {
    const { recordedAt, wholeAt } = how;
    const commit = newCommit(teller, Number.NEGATIVE_INFINITY, recordedAt, true);
    const begin = this.log.next;
    const missing = this.#mirror.take(told, teller, commit, how);
    this.#adoptEdges(recordedAt, recordedAt);
    return { ...this.#publishTold(commit, begin, wholeAt), missing };
  }

  /** Ends all that an origin told: it has been away for too long. `at` is the last moment it was known. */
  close(origin: string, at: number, recordedAt: number): Commit {
    const commit = newCommit({ origin, host: '' }, at, recordedAt, true);
    const begin = this.log.next;
    this.#mirror.close(origin, at, commit);
    return this.#publishTold(commit, begin, at);
  }

  /** What is alive now and shown as another origin told, in no particular order. */
  toldBy(origin: string): Iterable<Element> {
    return this.#mirror.of(origin);
  }

  /** The whole picture of what is alive now, nodes first: of one origin or of all. */
  *told(origin?: string): Generator<Told> {
    for (const table of [this.nodes, this.edges])
      for (const { current } of [...table.alive.values()])
        if (current && (origin === undefined || current.origin === origin)) yield versionOf(current);
  }

  /** Puts points of other graphs' series into these. Gives those that may be news, to be archived. */
  mirrorSamples(samples: readonly SampleEvent[]): SampleEvent[] {
    return samples.filter((sample) => {
      const isHere = this.nodes.get(sample.id) ?? this.edges.get(sample.id);
      // A point of what is not here, or long gone, is for the archive alone.
      return isHere ? this.series.take(sample) : true;
    });
  }

  get mirrorCounts(): MirrorCounts {
    return this.#mirror.counts;
  }

  /** All that is known of moments from here on is in memory; of earlier ones tellers' whole pictures said too little. */
  get wholeSince(): number {
    return Math.max(this.#begin, this.#mirror.wholeSince);
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
    return new PastView(this, this.log.momentAt(time), { from: time, to: time });
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
    return differencesBetween(this, span);
  }

  /** Whether edges can be told before, or live longer than, the nodes at their ends. */
  get isMirror(): boolean {
    return this.#lives.ward !== undefined;
  }

  samples(ids: readonly string[], series: string, span?: Span): Map<string, Sample[]> {
    return new Map(ids.map((id) => [id, this.series.samples(id, series, span)]));
  }

  /** Events after `revision`, oldest first, `max` at most; undefined when they are not kept any more (or not written yet). */
  since(revision: number, max = Number.POSITIVE_INFINITY): GraphEvent[] | undefined {
    return this.#events.since(revision, max);
  }

  timeOf(revision: number): number | undefined {
    return this.#events.timeOf(revision);
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
      this.log.slotOf(position).forgetFirst(position, this.log);
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

  /** What was remembered and is not back. */
  awaited(): readonly Element[] {
    return this.#remembered.all();
  }

  /** Hands out, and lets go, what was remembered and is not back. */
  forgotten(): Element[] {
    return this.#remembered.takeAll();
  }

  #adopt(element: Element, time: number, recordedAt: number): void {
    const slot = this.#lives.adopt(element, time, recordedAt);
    if (slot) this.#mirror.holds(slot, element.origin);
  }

  #adoptEdges(time: number, recordedAt: number): void {
    for (const edge of this.#remembered.edgesThatWait) this.#adopt(edge, time, recordedAt);
  }

  #publish(commit: Commit, begin: number): void {
    const hasNews = this.log.next > begin;
    if (hasNews) this.#lastTime = Math.max(this.#lastTime, commit.time);
    if (hasNews || commit.samples.length > 0) for (const listener of this.#listeners) listener(commit);
  }

  #publishTold(commit: Writing, begin: number, at = Number.NEGATIVE_INFINITY): Commit {
    const newest = commit.events.reduce(
      (time, { element }) => Math.max(time, element.deletedAt ?? element.updatedAt),
      at,
    );
    const told = { ...commit, isTold: true, time: Number.isFinite(newest) ? newest : commit.recordedAt };
    this.#publish(told, begin);
    return told;
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
        if (this.#mirror.shows(slot)) return toldBy(slot.current);
        const before = slot.current.metadata;
        const keys = patchedKeys(before, change.set, change.unset);
        if (keys.length > 0) this.#update(slot, patched(before, keys, change.set), keys, commit);
        return undefined;
      }
      case 'gone': {
        const slot = this.#find(change, commit);
        if (!slot?.current) return 'Graph element not found';
        if (this.#mirror.shows(slot)) return toldBy(slot.current);
        this.#lives.remove(slot, commit.time, commit);
        return undefined;
      }
      case 'counters': {
        const slot = this.nodes.alive.get(change.id) ?? this.edges.alive.get(change.id);
        if (!slot?.current) return 'Graph element not found';
        if (this.#mirror.shows(slot)) return toldBy(slot.current);
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
    return element && this.#lives.adopt(element, time, recordedAt);
  }

  #writeNode({ id, metadata, owns }: Change & { kind: 'node' }, commit: Writing): string | undefined {
    const slot = this.#alive('node', id, commit);
    if (slot?.current) {
      if (this.#mirror.shows(slot)) return toldBy(slot.current);
      const after = owns ? merged(slot.current.metadata, metadata, owns) : metadata;
      this.#update(slot, after, changedKeys(slot.current.metadata, after), commit);
      return undefined;
    }
    this.#lives.start(firstNode(id, metadata, this.#birth(this.nodes.get(id), commit)), commit);
    return undefined;
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
    if (slot && current && this.#mirror.shows(slot)) return toldBy(current);
    if (slot && current?.parent === parent && current.child === child) {
      this.#update(slot, metadata, changedKeys(current.metadata, metadata), commit);
      return undefined;
    }
    // The same id between other nodes is another edge: one life ends, the next begins.
    if (slot) this.#lives.remove(slot, commit.time, commit);
    // The nodes' own texts: those that came with the change are copies, two for every edge.
    const ends = { parent: from.id, child: to.id };
    this.#lives.start(firstEdge(id, ends, metadata, this.#birth(this.edges.get(id), commit)), commit);
    return undefined;
  }

  /** What was told of the id before can lie ahead of the clock here; and no two versions have one name. */
  #birth(slot: Slot | undefined, commit: Writing): Writing & { readonly revision?: number } {
    if (!slot) return commit;
    const time = Math.max(commit.time, this.#lives.earliest(slot));
    const last = slot.lastVersions(this.log).next().value;
    return { ...commit, time, revision: last?.createdAt === time ? last.revision + 1 : 1 };
  }

  #update(slot: Slot, metadata: Metadata, keys: readonly string[], commit: Writing): void {
    if (keys.length === 0) return;
    const before = slot.current as Element;
    const element: Element = {
      ...before,
      metadata,
      updatedAt: Math.max(commit.time, before.updatedAt),
      recordedAt: commit.recordedAt,
      revision: before.revision + 1,
    };
    this.#lives.update(slot, element, keys, commit);
  }
}

function newCommit(source: Teller, time: number, recordedAt: number, isTold = false): Writing {
  return { time, recordedAt, source, events: [], samples: [], refused: [], isTold };
}

function toldBy({ kind, id, origin }: Element): string {
  return `${kind} ${id} is told by ${origin}: only there it can be changed`;
}

const EVER: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
