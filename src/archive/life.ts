/** One life of an element, from birth to end: its versions, and what was known of it when. */
import type { Element } from '../graph/element.ts';
import type { Span } from '../graph/view.ts';

export class Life {
  readonly created: number;
  /** By start, which no two share: a version that ended in the millisecond it began was never so. */
  readonly versions: Element[] = [];
  end: { readonly at: number; readonly recordedAt: number } | undefined;

  constructor(created: number) {
    this.created = created;
  }

  /** Whether that is news: a version that is here already, by its revision, changes nothing. */
  write(version: Element): boolean {
    const { revision, updatedAt } = version;
    // The newest is asked for most.
    if (this.newest >= revision && this.versions.some((known) => known.revision === revision)) return false;
    const index = this.versions.findLastIndex((known) => known.updatedAt <= updatedAt);
    const before = this.versions[index];
    const replaces = before?.updatedAt === updatedAt;
    // Of two of one moment the first was never so.
    if (replaces && before.revision > revision) return false;
    this.versions.splice(replaces ? index : index + 1, replaces ? 1 : 0, version);
    return true;
  }

  /** Revision of its newest version. */
  get newest(): number {
    return this.versions.at(-1)?.revision ?? 0;
  }

  /**
   * Versions that overlap [from, to], as they were known at `knownAt`; of an instant there is one at most. `next`: when
   * another life of the id had begun, as far as that was known.
   */
  between({ from, to }: Span, knownAt = Number.POSITIVE_INFINITY, next?: number): Element[] {
    const deletedAt = this.end && (this.end.recordedAt <= knownAt ? this.end.at : next);
    const known = this.versions.filter(({ recordedAt }) => recordedAt <= knownAt);
    return known
      .map((version, i) => ({ ...version, deletedAt, validTo: known[i + 1]?.updatedAt ?? deletedAt }))
      .filter(({ updatedAt, validTo = Number.POSITIVE_INFINITY }) => {
        return updatedAt <= to && validTo > from && validTo > updatedAt;
      });
  }

  isKnownAt(time: number): boolean {
    return this.versions.some(({ recordedAt }) => recordedAt <= time);
  }

  /** Drops what ended before. */
  forget(before: number): void {
    while (this.#endOfFirst <= before && this.versions.length > 0) this.versions.shift();
  }

  get #endOfFirst(): number {
    return this.versions[1]?.updatedAt ?? this.end?.at ?? Number.POSITIVE_INFINITY;
  }
}
