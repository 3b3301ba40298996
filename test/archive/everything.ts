/** All there ever was, as a plain list: the naive reference of what is asked of the past. It forgets nothing. */
import type { Commit, SampleEvent } from '../../src/graph/change.ts';
import type { Element, Span } from '../../src/graph/view.ts';

/** A version whose end is not known yet. */
type Open = Element & { validTo: number | undefined; deletedAt: number | undefined };

export class Everything {
  readonly #versions: Open[] = [];
  readonly #samples: SampleEvent[] = [];

  saw({ events, samples }: Pick<Commit, 'events' | 'samples'>): void {
    this.#samples.push(...samples);
    for (const { kind, element } of events) {
      const time = element.deletedAt ?? element.updatedAt;
      const open = this.#versions.find(
        (v) => v.kind === element.kind && v.id === element.id && v.validTo === undefined,
      );
      if (open) open.validTo = time;
      if (kind === 'removed') this.#endLife(element, time);
      else this.#versions.push({ ...element });
    }
  }

  /** It was last heard of then. */
  lost({ kind, id, createdAt }: Element, time: number): void {
    const versions = this.#versions.filter((v) => v.kind === kind && v.id === id && v.createdAt === createdAt);
    const last = versions.at(-1) as Open;
    last.validTo = Math.max(time, last.updatedAt + 1);
    this.#endLife(last, last.validTo);
  }

  at(time: number): Element[] {
    return this.between({ from: time, to: time });
  }

  between({ from, to }: Span): Element[] {
    return this.#versions.filter((v) => {
      const end = v.validTo ?? Number.POSITIVE_INFINITY;
      // What ended in the millisecond it began was never so.
      return v.updatedAt <= to && end > from && end > v.updatedAt;
    });
  }

  samples(id: string, series: string, { from, to }: Span): SampleEvent[] {
    return this.#samples.filter((s) => s.id === id && s.series === series && s.last > from && s.start < to);
  }

  /** The newest point of this life of the element, as known then. */
  newest(element: Element, series: string, time: number): SampleEvent | undefined {
    return this.#samples.findLast(
      (s) => s.id === element.id && s.series === series && s.last <= time && s.last >= element.createdAt,
    );
  }

  /** Moments at which something began or ended. */
  get moments(): number[] {
    return this.#versions.flatMap(({ updatedAt, validTo }) => [updatedAt, validTo ?? updatedAt]);
  }

  #endLife({ kind, id, createdAt }: Element, time: number): void {
    for (const v of this.#versions) if (v.kind === kind && v.id === id && v.createdAt === createdAt) v.deletedAt = time;
  }
}
