/**
 * News of elements that are not as it takes them to be: late, or of lives that were ended by mistake or at a moment that
 * turns out to be another. All that is known of the element is read, put right, and written where it differs.
 */
import type { GraphEvent } from '../../../graph/change.ts';
import type { Element } from '../../../graph/element.ts';
import { Life } from '../../life.ts';
import type { BulkItem } from '../bulk.ts';
import type { Hit } from '../pages.ts';
import type { Slices } from '../rollover.ts';
import { closedItems, type Head, neverSoItem, openItem } from './batch.ts';
import { elementOf } from './document.ts';
import { elementName, orderOf } from './names.ts';
import type { GraphDocument } from './pictures.ts';

export class ElementHistory {
  readonly #hits: readonly Hit<GraphDocument>[];
  /** By birth, oldest first. */
  #lives: Life[] = [];

  constructor(hits: readonly Hit<GraphDocument>[]) {
    this.#hits = hits;
    for (const { _source } of hits) {
      const life = this.#life(_source.createdAt);
      if (!('end' in _source)) {
        const { closedAt = 0, isLast, valid } = _source;
        life.write(elementOf(_source, undefined));
        if (isLast && valid?.lt !== undefined) life.end = { at: valid.lt, recordedAt: closedAt };
      }
    }
    for (const { _source } of hits)
      if ('end' in _source)
        this.#life(_source.createdAt).end ??= { at: _source.valid.lt, recordedAt: _source.closedAt };
  }

  get lives(): readonly Life[] {
    return this.#lives;
  }

  take(event: GraphEvent): void {
    const { kind, element } = event;
    const life = this.#lifeOf(event);
    const isNews = life.write({ ...element, deletedAt: undefined, validTo: undefined });
    if (kind === 'removed') {
      const at = element.deletedAt ?? element.updatedAt;
      // What has another version since did not end with this one.
      if (element.revision >= life.newest && life.end?.at !== at) endLife(life, at, element);
    }
    // It ended and began again within one millisecond: it never ended.
    else if (kind === 'added' && isNews && life.end && element.updatedAt >= life.end.at) life.end = undefined;
  }

  /** Ends the life that it had at `time`, which was the last moment known. */
  lose(time: number, recordedAt: number): void {
    for (const life of this.#lives) {
      const last = life.versions.at(-1);
      if (life.created > time || (life.end && life.end.at <= time) || !last) continue;
      // It was so for a moment at least: we had heard of it.
      life.end = { at: Math.max(time, last.updatedAt + 1), recordedAt };
    }
  }

  /** What makes the index say what the lives are now. Gives the newest version too. */
  items(open: string, versions: Slices): { readonly items: BulkItem[]; readonly head: Head } {
    const items = new Map<string, BulkItem>();
    const put = (item: BulkItem) => items.set(`${item.index} ${item.id}`, item);
    let head: Head = 'none';
    for (const life of this.#lives)
      for (const [i, version] of life.versions.entries()) {
        const next = life.versions[i + 1];
        const isAlive = !next && !life.end;
        head = isAlive || !life.end ? version : { ...version, deletedAt: life.end.at };
        // As new as the word that it has ended: this takes that back.
        if (isAlive) put({ ...openItem(open, elementName(version), version), version: orderOf(version, 'ended') });
        else if (life.end && version.updatedAt >= life.end.at) put(neverSoItem(versions, version));
        else {
          const isLast = !next || (life.end !== undefined && life.end.at <= next.updatedAt);
          const end = isLast ? life.end : undefined;
          const closing = end
            ? { ...end, isLast }
            : { at: next?.updatedAt ?? 0, recordedAt: next?.recordedAt ?? 0, isLast };
          for (const item of closedItems(versions, version, closing)) put(item);
        }
      }
    for (const { _index, _id, _source } of this.#hits) {
      if (items.has(`${_index} ${_id}`)) continue;
      const isOpen = _index === open && !('end' in _source);
      put({ op: 'delete', index: _index, id: _id, ...(isOpen && { version: orderOf(_source, 'ended') }) });
    }
    return { items: [...items.values()], head };
  }

  #life(created: number): Life {
    let life = this.#lives.find((one) => one.created === created);
    if (!life) {
      life = new Life(created);
      this.#lives = [...this.#lives, life].sort((a, b) => a.created - b.created);
    }
    return life;
  }

  /** The life that began when the event's element did: an earlier one, or one that begins now. */
  #lifeOf({ element, isReopened }: GraphEvent): Life {
    const { createdAt, updatedAt } = element;
    const earlier = this.#lives.find(({ created }) => created === createdAt);
    if (earlier && !isReopened) return earlier;
    const life = this.#life(createdAt);
    const next = this.#lives.find(({ created }) => created > updatedAt && created !== createdAt);
    // Late, and nothing was told of its end yet: it was over when the next began.
    if (next && !earlier) endLife(life, next.created, element);
    if (next) return life;
    // A life that begins while another goes on ends it: one id is one element at a time.
    const open = this.#lives.find((other) => other !== life && other.end === undefined);
    if (open) endLife(open, createdAt > open.created ? createdAt : updatedAt, element);
    life.end = undefined;
    return life;
  }
}

function endLife(life: Life, at: number, { recordedAt }: Element): void {
  life.end = { at, recordedAt: Math.max(at, recordedAt) };
}
