/** What a batch of changes comes to: documents to write, each once, though its element changed many times. */
import type { GraphEvent } from '../../../graph/change.ts';
import type { Element } from '../../../graph/element.ts';
import type { BulkItem } from '../bulk.ts';
import type { Slices } from '../rollover.ts';
import { type Closing, endDocument, versionDocument } from './document.ts';
import { elementName, lifeName, orderOf, versionName } from './names.ts';

/** The newest version of an element that is known: its life may have ended since, then it has `deletedAt`. */
export type Head = Element | 'none';

export class GraphBatch {
  readonly #open: string;
  readonly #versions: Slices;
  readonly #heads: Map<string, Head>;
  readonly #closed = new Map<string, BulkItem>();
  readonly #opened = new Map<string, BulkItem>();
  /** Events of elements that are not as these events take them to be: what is there has to be read, and written anew. */
  readonly late = new Map<string, GraphEvent[]>();

  /** `heads` has all that the events are about. */
  constructor(indices: { readonly open: string; readonly versions: Slices }, heads: Map<string, Head>) {
    this.#open = indices.open;
    this.#versions = indices.versions;
    this.#heads = heads;
  }

  /**
   * To be kept before those that are open: a request that breaks off is written in part, and what is then written again is
   * what differs from what is open. Whoever reads meanwhile sees some of them twice, but none not at all.
   */
  get closed(): BulkItem[] {
    return [...this.#closed.values()];
  }

  get opened(): BulkItem[] {
    return [...this.#opened.values()];
  }

  /** How elements are after this. */
  get heads(): ReadonlyMap<string, Head> {
    return this.#heads;
  }

  take(event: GraphEvent): void {
    const name = elementName(event.element);
    const late = this.late.get(name);
    // What came before it has to be sorted out first.
    if (late) late.push(event);
    else if (!this.#follows(name, event)) this.late.set(name, [event]);
  }

  /** Takes what follows on what is known; false when it does not. */
  #follows(name: string, { kind, element, isReopened }: GraphEvent): boolean {
    const known = this.#heads.get(name) ?? 'none';
    const head = known === 'none' || known.deletedAt !== undefined ? undefined : known;
    const isAlive = head !== undefined && head.createdAt === element.createdAt;
    if (kind === 'added' && !isAlive) {
      const isNew = known === 'none' || known.createdAt < element.createdAt;
      if (isReopened || !isNew) return false;
      const at = element.createdAt;
      // A life that begins while another goes on ends it: one id is one element at a time.
      if (head) this.#close(head, { at, recordedAt: Math.max(at, element.recordedAt), isLast: true });
      this.#is(name, element);
      return true;
    }
    if (!isAlive || element.updatedAt < head.updatedAt || element.revision < head.revision) return false;
    const isAgain = element.revision === head.revision;
    if (kind === 'removed') {
      if (!isAgain) this.#close(head, { at: element.updatedAt, recordedAt: element.recordedAt, isLast: false });
      this.#remove(name, element, isAgain ? head.recordedAt : element.recordedAt);
    } else if (!isAgain) {
      this.#close(head, { at: element.updatedAt, recordedAt: element.recordedAt, isLast: false });
      this.#is(name, element);
    }
    return true;
  }

  #is(name: string, element: Element): void {
    this.#heads.set(name, element);
    this.#opened.set(name, openItem(this.#open, name, element));
  }

  /** The version was learned of before its end was. */
  #remove(name: string, element: Element, recordedAt: number): void {
    const at = element.deletedAt ?? element.updatedAt;
    this.#close({ ...element, recordedAt }, { at, recordedAt: Math.max(at, element.recordedAt), isLast: true });
    this.#heads.set(name, { ...element, deletedAt: at });
    this.#opened.set(name, { op: 'delete', index: this.#open, id: name, version: orderOf(element, 'ended') });
  }

  #close(element: Element, closing: Closing): void {
    for (const item of closedItems(this.#versions, element, closing)) this.#closed.set(item.id, item);
  }
}

export function openItem(index: string, name: string, element: Element): BulkItem {
  const doc = JSON.stringify(versionDocument(element));
  return { op: 'index', index, id: name, version: orderOf(element, 'is'), doc };
}

/** A version that came after its life had ended: it waits for the life to be reopened. */
export function neverSoItem(versions: Slices, element: Element): BulkItem {
  const doc = JSON.stringify(versionDocument(element, 'never so'));
  return { op: 'index', index: versions.indexAt(element.updatedAt), id: versionName(element), doc };
}

/** A version that has ended, and that its life has, for its versions before. */
export function* closedItems(versions: Slices, element: Element, closing: Closing): Generator<BulkItem> {
  const index = versions.indexAt(closing.at);
  // What was replaced in the millisecond it began was never so.
  if (closing.at > element.updatedAt) {
    const doc = JSON.stringify(versionDocument(element, closing));
    yield { op: 'index', index, id: versionName(element), doc };
  }
  if (closing.isLast && element.updatedAt > element.createdAt)
    yield { op: 'index', index, id: lifeName(element), doc: JSON.stringify(endDocument(element, closing)) };
}
