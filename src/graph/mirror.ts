/**
 * Versions of other graphs' elements, taken in as they are. What one teller says of one element comes in order; whatever
 * else comes in any order. Ours is when we learned of it, and which teller's words are shown where several tell of one.
 */
import { Aside } from './aside.ts';
import type { Element, GraphEdge } from './element.ts';
import type { Lives, Ward, Writing } from './lives.ts';
import { patched, patchedKeys } from './merge.ts';
import { keyOf } from './remembered.ts';
import type { Slot } from './slot.ts';
import type { MirrorCounts, Mirrored, Mirroring, Teller, Told } from './told.ts';
import { changedKeys } from './value.ts';
import { Waiting } from './waiting.ts';

/** What is known of a teller's word on an element, and where that is. */
type Word =
  | { readonly at: 'graph' | 'ended'; readonly slot: Slot; readonly element: Element }
  | { readonly at: 'aside' | 'waiting'; readonly element: Element };

/** One call of a teller. */
interface Telling {
  readonly teller: Teller;
  readonly commit: Writing;
  /** All that it has: what it names is alive, though it was thought to have ended. */
  readonly isWhole: boolean;
}

export class Mirror implements Ward {
  readonly #lives: Lives;
  readonly #tellers = new Set<string>();
  /** Alive in the graph, by who told. */
  readonly #slots = new Map<string, Set<Slot>>();
  readonly #aside = new Aside();
  readonly #waiting = new Waiting();
  #wholeSince = Number.NEGATIVE_INFINITY;

  constructor(lives: Lives) {
    this.#lives = lives;
  }

  /** From this moment on all versions that were told of are here. */
  get wholeSince(): number {
    return this.#wholeSince;
  }

  get counts(): MirrorCounts {
    return {
      edgesWaiting: this.#waiting.size,
      edgesDropped: this.#waiting.dropped,
      aside: this.#aside.size,
      asideDropped: this.#aside.dropped,
    };
  }

  shows({ current }: Slot): boolean {
    return this.#tellers.size > 0 && current !== undefined && this.#tellers.has(current.origin);
  }

  /** Left by an earlier run: its teller will speak of it. */
  holds(slot: Slot, origin: string): void {
    const slots = this.#slots.get(origin);
    if (slots) slots.add(slot);
    else this.#slots.set(origin, new Set([slot]));
  }

  take(told: Iterable<Told>, teller: Teller, commit: Writing, { wholeAt, isShared }: Mirroring): Mirrored['missing'] {
    if (!isShared) this.#tellers.add(teller.origin);
    this.#lives.ward = this;
    const telling = { teller, commit, isWhole: wholeAt !== undefined };
    const missing: Pick<Element, 'kind' | 'id'>[] = [];
    const named = new Set<string>();
    for (const one of told) {
      const { kind, id } = one.kind === 'version' ? one.element : { kind: one.of, id: one.id };
      if (telling.isWhole && one.kind !== 'gone') named.add(keyOf({ kind, id }));
      if (!this.#takeOne(one, telling)) missing.push({ kind, id });
    }
    if (wholeAt === undefined) return missing;
    // It may be told late, after what began since.
    this.#endOthers(teller.origin, wholeAt, commit, (its) => its.createdAt <= wholeAt && !named.has(keyOf(its)));
    // What changed, began or ended between the last word and this picture was never told.
    this.#knowsFrom(wholeAt);
    return missing;
  }

  /** What is alive and shown as it tells, in no particular order. */
  *of(origin: string): Generator<Element> {
    for (const { current } of this.#slots.get(origin) ?? []) if (current) yield current;
  }

  close(origin: string, at: number, commit: Writing): void {
    this.#endOthers(origin, at, commit, () => true);
  }

  began(element: Element, commit: Writing): void {
    const slot = this.#lives.table(element.kind).alive.get(element.id) as Slot;
    if (this.#tellers.has(element.origin)) this.holds(slot, element.origin);
    if (element.kind === 'node') for (const edge of this.#waiting.for(element.id)) this.#tieWaiting(edge, commit);
  }

  successor({ kind, id, origin, ...before }: Element): Element | undefined {
    const next = this.#aside.first(kind, id);
    if (!next || next.origin === origin) return undefined;
    if (next.kind === 'edge' && !('parent' in before && next.parent === before.parent && next.child === before.child))
      return undefined;
    this.#slots.get(origin)?.delete(this.#lives.table(kind).alive.get(id) as Slot);
    this.#aside.delete(next);
    return next;
  }

  ended(before: Element, commit: Writing, isDragged: boolean): void {
    const { kind, id, origin } = before;
    this.#slots.get(origin)?.delete(this.#lives.table(kind).get(id) as Slot);
    if (before.kind === 'node') return;
    // Its teller has not said that it is gone: it is back when the node is.
    if (isDragged && this.#tellers.has(origin) && origin !== commit.source.origin) this.#waiting.put(before);
    for (let next = this.#aside.first(kind, id); next; next = this.#aside.first(kind, id)) {
      this.#aside.delete(next);
      if (isDragged) this.#waiting.put(next as GraphEdge);
      else {
        this.#place(next, commit);
        return;
      }
    }
  }

  #takeOne(told: Told, telling: Telling): boolean {
    switch (told.kind) {
      case 'version':
        this.#takeVersion(told.element, telling);
        return true;
      case 'update':
        return this.#takeUpdate(told, telling);
      case 'gone':
        this.#takeEnd(told, telling);
        return true;
    }
  }

  #takeVersion(said: Element, telling: Telling): void {
    const { teller, commit } = telling;
    const { deletedAt } = said;
    const element: Element = {
      ...said,
      origin: teller.origin,
      host: teller.host,
      recordedAt: commit.recordedAt,
      deletedAt: undefined,
      validTo: undefined,
    };
    const word = this.#wordOn(element.kind, element.id, teller.origin, commit);
    if (!word) {
      if (element.revision > 1) this.#knowsFrom(element.updatedAt);
      // It may have been here, and ended, longer ago than memory goes.
      this.#place(element, commit, telling.isWhole);
    } else {
      const news = compare(element, word.element);
      if (news < 0) return;
      const isBack = word.at === 'ended' && deletedAt === undefined && (news > 0 || telling.isWhole);
      if (news === 0 && !isBack && (deletedAt === undefined || word.at === 'ended')) return;
      if (news > 0 || isBack) this.#follow(word, element, telling);
    }
    if (deletedAt !== undefined) {
      const { kind: of, id, createdAt, revision } = element;
      this.#takeEnd({ kind: 'gone', of, id, createdAt, revision, deletedAt }, telling);
    }
  }

  #takeUpdate(told: Told & { readonly kind: 'update' }, telling: Telling): boolean {
    const { of, id, createdAt, revision, updatedAt, set, unset } = told;
    const word = this.#wordOn(of, id, telling.teller.origin, telling.commit);
    if (!word || createdAt > word.element.createdAt) return false;
    if (createdAt < word.element.createdAt || revision <= word.element.revision) return true;
    if (revision > word.element.revision + 1) return false;
    const keys = patchedKeys(word.element.metadata, set, unset);
    const metadata = patched(word.element.metadata, keys, set);
    const { recordedAt } = telling.commit;
    const alive = { ...word.element, deletedAt: undefined, validTo: undefined };
    this.#follow(word, { ...alive, metadata, updatedAt, recordedAt, revision }, telling);
    return true;
  }

  #takeEnd({ of, id, createdAt, revision, deletedAt }: Told & { readonly kind: 'gone' }, telling: Telling): void {
    const { commit } = telling;
    const word = this.#wordOn(of, id, telling.teller.origin, commit);
    if (word && createdAt < word.element.createdAt) return;
    // What has another version since did not end with this one.
    if (word?.element.createdAt === createdAt && revision < word.element.revision) return;
    const isKnown = word?.element.createdAt === createdAt && revision === word.element.revision;
    if (!isKnown) this.#knowsFrom(deletedAt);
    if (!word) return;
    switch (word.at) {
      case 'graph':
        this.#lives.remove(word.slot, createdAt > word.element.createdAt ? createdAt : deletedAt, commit);
        return;
      case 'ended':
        // It was closed too early.
        if (createdAt !== word.element.createdAt || deletedAt <= (word.element.deletedAt as number)) return;
        if (this.#canReopen(word)) {
          this.#lives.reopen(word.slot, commit);
          this.#lives.remove(word.slot, deletedAt, commit);
        }
        return;
      case 'aside':
        this.#aside.delete(word.element);
        return;
      case 'waiting':
        this.#waiting.delete(word.element);
        return;
    }
  }

  /** The teller's next word after one that is known: a version of the same life, or of a later one. */
  #follow(word: Word, element: Element, { commit }: Telling): void {
    const isSameLife = element.createdAt === word.element.createdAt;
    if (element.revision > (isSameLife ? word.element.revision + 1 : 1)) this.#knowsFrom(element.updatedAt);
    switch (word.at) {
      case 'graph':
        if (isSameLife && sameEnds(element, word.element)) this.#update(word.slot, element, commit);
        else {
          this.#lives.remove(word.slot, element.createdAt, commit);
          this.#place(element, commit);
        }
        return;
      case 'ended':
        if (isSameLife && sameEnds(element, word.element) && this.#canReopen(word)) {
          this.#lives.reopen(word.slot, commit);
          if (element.revision > word.element.revision) this.#update(word.slot, element, commit);
        } else this.#place(element, commit, isSameLife);
        return;
      case 'aside':
        this.#aside.put(element);
        return;
      case 'waiting':
        this.#waiting.put(element as GraphEdge);
        return;
    }
  }

  #update(slot: Slot, element: Element, commit: Writing): void {
    const before = slot.current as Element;
    const version = { ...element, updatedAt: Math.max(element.updatedAt, before.updatedAt) };
    this.#lives.update(slot, version, changedKeys(before.metadata, element.metadata), commit);
  }

  /** A life, as a whole, that is not in the graph: it begins, or has to wait. */
  #place(element: Element, commit: Writing, isReopened = false): void {
    const { kind, id } = element;
    if (this.#lives.table(kind).alive.has(id)) this.#aside.put(element);
    else if (element.kind === 'edge' && !this.#lives.hasEnds(element)) this.#waiting.put(element);
    else {
      const earliest = this.#lives.earliest(this.#lives.table(kind).get(id));
      const version = earliest > element.updatedAt ? { ...element, updatedAt: earliest } : element;
      this.#lives.start(version, commit, isReopened);
    }
  }

  #tieWaiting(edge: GraphEdge, commit: Writing): void {
    if (!this.#lives.hasEnds(edge)) return;
    this.#waiting.delete(edge);
    const word = this.#wordOn('edge', edge.id, edge.origin, commit);
    const isSameLife = word?.element.createdAt === edge.createdAt && sameEnds(edge, word.element);
    if (isSameLife && word?.at === 'ended' && this.#canReopen(word)) this.#lives.reopen(word.slot, commit);
    const slot = this.#lives.edges.alive.get(edge.id);
    if (!isSameLife || slot?.current?.origin !== edge.origin) this.#place(edge, commit);
    else if (edge.revision > slot.current.revision) this.#update(slot, edge, commit);
  }

  /** Edges first, and those that wait. */
  #endOthers(origin: string, at: number, commit: Writing, isOver: (element: Element) => boolean): void {
    for (const edge of this.#waiting.of(origin)) if (isOver(edge)) this.#waiting.delete(edge);
    for (const word of this.#aside.of(origin)) if (isOver(word)) this.#aside.delete(word);
    const others = [...(this.#slots.get(origin) ?? [])].filter(({ current }) => current && isOver(current));
    for (const kind of ['edge', 'node'])
      for (const slot of others)
        if (slot.current?.kind === kind && slot.current.origin === origin) this.#lives.remove(slot, at, commit);
  }

  #wordOn(kind: Element['kind'], id: string, origin: string, commit: Writing): Word | undefined {
    this.#remember(kind, id, origin, commit);
    const slot = this.#lives.table(kind).get(id);
    if (slot?.current?.origin === origin) return { at: 'graph', slot, element: slot.current };
    const aside = this.#aside.get(kind, id, origin);
    if (aside) return { at: 'aside', element: aside };
    const waiting = kind === 'edge' ? this.#waiting.get(id, origin) : undefined;
    if (waiting) return { at: 'waiting', element: waiting };
    for (const element of slot?.lastVersions(this.#lives.log) ?? [])
      if (slot && element.origin === origin) return { at: 'ended', slot, element };
    return undefined;
  }

  /** To speak of what an earlier run of this process left is to take it up. */
  #remember(kind: Element['kind'], id: string, origin: string, { recordedAt }: Writing): void {
    const { remembered } = this.#lives;
    const left = remembered.isEmpty ? undefined : remembered.get(kind, id);
    if (left?.origin !== origin || this.#lives.table(kind).alive.has(id)) return;
    const slot = this.#lives.adopt(left, recordedAt, recordedAt);
    if (slot) this.holds(slot, origin);
  }

  /** Its end is the last thing that is known of the id, and an edge has nodes to lie between. */
  #canReopen({ slot, element }: Word & { readonly slot: Slot }): boolean {
    const last = slot.lastVersions(this.#lives.log).next().value;
    const isLast = last?.origin === element.origin && last.createdAt === element.createdAt;
    return !slot.current && isLast && (element.kind === 'node' || this.#lives.hasEnds(element));
  }

  #knowsFrom(time: number): void {
    if (time > this.#wholeSince) this.#wholeSince = time;
  }
}

/** Below 0: older; 0: the same version, by its name. */
function compare(a: Element, b: Element): number {
  return a.createdAt - b.createdAt || a.revision - b.revision;
}

function sameEnds(a: Element, b: Element): boolean {
  return a.kind === 'node' || (b.kind === 'edge' && a.parent === b.parent && a.child === b.child);
}
