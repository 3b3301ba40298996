/** The change log, read as events: what each change left, and what was before it. */
import type { GraphEvent } from './change.ts';
import type { Element } from './element.ts';
import type { ChangeLog } from './log.ts';

export class Events {
  readonly #log: ChangeLog;
  /** Of the log's first change. */
  readonly #firstRevision: number;

  constructor(log: ChangeLog, firstRevision: number) {
    this.#log = log;
    this.#firstRevision = firstRevision;
  }

  /** After `revision`, oldest first, `max` at most; undefined when they are not kept any more (or not written yet). */
  since(revision: number, max: number): GraphEvent[] | undefined {
    const log = this.#log;
    const position = revision - this.#firstRevision + 1;
    if (position < log.first || position > log.next) return undefined;
    const events: GraphEvent[] = [];
    const end = Math.min(log.next, position + max);
    for (let next = position; next < end; next++) events.push(this.#at(next));
    return events;
  }

  timeOf(revision: number): number | undefined {
    const position = revision - this.#firstRevision;
    return position < this.#log.first || position >= this.#log.next ? undefined : this.#log.timeOf(position);
  }

  #at(position: number): GraphEvent {
    const log = this.#log;
    const slot = log.slotOf(position);
    const kind = log.kindOf(position);
    const revision = position + this.#firstRevision;
    if (kind === 'removed') {
      // It may be out of the slot's list: the life was reopened.
      const last = log.undoOf(position) as Element;
      const time = log.timeOf(position);
      return { revision, kind, element: { ...last, deletedAt: time, validTo: time }, before: last };
    }
    const before = slot.before(position, log);
    if (kind === 'returned') return { revision, kind: 'added', element: before as Element, before: undefined };
    if (kind === 'reopened')
      return { revision, kind: 'added', element: before as Element, before: undefined, isReopened: true };
    return { revision, kind, element: slot.before(position + 1, log) as Element, before };
  }
}
