/**
 * Begins, changes and ends the lives of elements: each in its slot, the indexes, the adjacency and the log at once.
 * Who may, and at what time, is decided before. The times of one slot's events never go back; those of the log may.
 */
import { Adjacency } from './adjacency.ts';
import type { Change, Commit, GraphEvent, SampleEvent, Source } from './change.ts';
import type { Element, GraphEdge } from './element.ts';
import type { KeyIndex } from './keyindex.ts';
import { ChangeLog } from './log.ts';
import { Remembered } from './remembered.ts';
import { SeriesStore } from './series.ts';
import { ANCHOR_EVERY, Delta, NodeSlot, Slot } from './slot.ts';
import { Table } from './table.ts';

/** A commit that is being written. */
export interface Writing extends Commit {
  readonly source: Pick<Source, 'host' | 'origin'>;
  readonly events: GraphEvent[];
  readonly samples: SampleEvent[];
  readonly refused: { change: Change; reason: string }[];
  /** What is written was told by another graph: what it says of an end was learned when this commit was. */
  readonly isTold?: boolean;
}

/** What a mirror has to do when lives begin and end. */
export interface Ward {
  began(element: Element, commit: Writing): void;
  /** Another's word on this id; it is shown from now on. */
  successor(before: Element): Element | undefined;
  /** `isDragged`: an edge went with a node. */
  ended(before: Element, commit: Writing, isDragged: boolean): void;
}

export class Lives {
  readonly nodes: Table<NodeSlot>;
  readonly edges: Table<Slot>;
  readonly log = new ChangeLog();
  readonly series = new SeriesStore();
  readonly remembered = new Remembered();
  readonly #firstRevision: number;
  ward: Ward | undefined;

  constructor(indexes: KeyIndex[], firstRevision: number) {
    this.nodes = new Table((id) => new NodeSlot(id), indexes);
    this.edges = new Table((id) => new Slot(id), []);
    this.#firstRevision = firstRevision;
  }

  /** Revision of the newest event. */
  get revision(): number {
    return this.log.next + this.#firstRevision - 1;
  }

  table(kind: Element['kind']): Table<Slot> {
    return kind === 'node' ? this.nodes : this.edges;
  }

  hasEnds({ parent, child }: GraphEdge): boolean {
    return this.nodes.alive.has(parent) && this.nodes.alive.has(child);
  }

  /** No event of the slot may be older than this. */
  earliest(slot: Slot | undefined): number {
    return slot?.current?.updatedAt ?? slot?.lastTime(this.log) ?? Number.NEGATIVE_INFINITY;
  }

  /** A life begins; of an edge, between nodes that are there. */
  start(element: Element, commit: Writing, isReopened = false): void {
    if (!this.remembered.isEmpty) this.remembered.replace(element.kind, element.id);
    if (element.kind === 'node' || !this.nodes.alive.has(element.id)) this.series.begin(element.id, element.createdAt);
    const slot = this.table(element.kind).begin(element.id);
    slot.wrote(this.log.push(slot, 'added', element.updatedAt, element.recordedAt, undefined));
    this.#enter(slot, element);
    const { revision } = this;
    commit.events.push(
      isReopened
        ? { revision, kind: 'added', element, before: undefined, isReopened }
        : { revision, kind: 'added', element, before: undefined },
    );
    this.ward?.began(element, commit);
  }

  /** A life of an earlier run goes on. To the log that is news of no change, so that whoever follows it hears of it. */
  adopt(element: Element, time: number, recordedAt: number): Slot | undefined {
    if (element.kind === 'edge' && !this.hasEnds(element)) return undefined;
    this.remembered.delete(element);
    const slot = this.table(element.kind).begin(element.id);
    slot.floor = { time: element.updatedAt, recordedAt: element.recordedAt };
    this.log.push(slot, 'returned', time, recordedAt, undefined);
    this.#enter(slot, element);
    return slot;
  }

  /** The last life of the slot never ended. Gives it as it is. */
  reopen(slot: Slot, commit: Writing): Element {
    const element = slot.unended(this.log);
    this.table(element.kind).begin(slot.id);
    // Its end is out of the slot's list: the log keeps it for those that follow, views of the past do not show it.
    this.log.push(slot, 'reopened', slot.lastTime(this.log) ?? element.updatedAt, commit.recordedAt, undefined);
    this.#enter(slot, element);
    commit.events.push({ revision: this.revision, kind: 'added', element, before: undefined, isReopened: true });
    this.ward?.began(element, commit);
    return element;
  }

  /** `keys` are those that differ from the version before. */
  update(slot: Slot, element: Element, keys: readonly string[], commit: Writing): void {
    const before = slot.current as Element;
    const isWhole = before.revision % ANCHOR_EVERY === 0 || element.revision !== before.revision + 1;
    const undo = isWhole ? before : new Delta(keys, before.metadata);
    slot.current = element;
    slot.wrote(this.log.push(slot, 'updated', element.updatedAt, element.recordedAt, undo));
    if (element.kind === 'node')
      for (const index of this.nodes.indexes) {
        if (!keys.includes(index.root)) continue;
        index.remove(slot, before.metadata);
        index.add(slot, element.metadata);
      }
    commit.events.push({ revision: this.revision, kind: 'updated', element, before });
  }

  /**
   * A node takes its edges with it, at the same moment and before it; unless another tells of it too: then it is
   * the other's from that moment on, and keeps its edges.
   */
  remove(slot: Slot, time: number, commit: Writing, isDragged = false): void {
    const before = slot.current as Element;
    const successor = isDragged ? undefined : this.ward?.successor(before);
    if (successor) {
      this.#replace(slot, successor, time, commit);
      return;
    }
    if (slot instanceof NodeSlot)
      for (const edge of [...(slot.out?.alive() ?? []), ...(slot.in?.alive() ?? [])])
        if (edge.current) this.remove(edge, time, commit, true);
    const position = this.#end(slot, time, commit);
    if (before.kind === 'node') {
      this.nodes.end(slot as NodeSlot);
    } else {
      this.edges.end(slot);
      this.nodes.get(before.parent)?.out?.end(slot, position);
      this.nodes.get(before.child)?.in?.end(slot, position);
    }
    this.ward?.ended(before, commit, isDragged);
  }

  #replace(slot: Slot, successor: Element, time: number, commit: Writing): void {
    const at = Math.max(time, this.earliest(slot));
    this.#end(slot, at, commit);
    const element = { ...successor, updatedAt: Math.max(at, successor.updatedAt) };
    slot.wrote(this.log.push(slot, 'added', element.updatedAt, element.recordedAt, undefined));
    slot.current = element;
    for (const index of this.table(element.kind).indexes) index.add(slot, element.metadata);
    commit.events.push({ revision: this.revision, kind: 'added', element, before: undefined });
    this.ward?.began(element, commit);
  }

  #end(slot: Slot, time: number, commit: Writing): number {
    const before = slot.current as Element;
    const at = Math.max(time, before.updatedAt);
    const { recordedAt } = commit.isTold ? commit : before;
    const ended: Element = { ...before, recordedAt, deletedAt: at, validTo: at };
    const position = this.log.push(slot, 'removed', at, commit.recordedAt, before);
    slot.current = undefined;
    slot.wrote(position);
    slot.ends ??= [];
    slot.ends.push(position);
    for (const index of this.table(before.kind).indexes) index.remove(slot, before.metadata);
    commit.events.push({ revision: this.revision, kind: 'removed', element: ended, before });
    return position;
  }

  #enter(slot: Slot, element: Element): void {
    slot.current = element;
    for (const index of this.table(element.kind).indexes) index.add(slot, element.metadata);
    if (element.kind === 'edge') this.#tie(slot, element);
  }

  #tie(slot: Slot, edge: GraphEdge): void {
    const parent = this.nodes.alive.get(edge.parent) as NodeSlot;
    const child = this.nodes.alive.get(edge.child) as NodeSlot;
    parent.out ??= new Adjacency();
    parent.out.add(slot);
    child.in ??= new Adjacency();
    child.in.add(slot);
  }
}
