/**
 * Live graph and archive as one line of time: recent moments from memory, older ones from the archive, no seam.
 * The archive holds everything that was pushed to its writer, so one source answers each question alone.
 */

import { differences } from '../graph/diff.ts';
import type { Element } from '../graph/element.ts';
import type { Graph } from '../graph/graph.ts';
import type { Difference, GraphView, Sample, Span, Timeline, Wanted } from '../graph/view.ts';
import { mistake } from '../std/mistake.ts';
import type { Archive } from './archive.ts';
import { samplesTogether, versionsTogether, viewsTogether } from './together.ts';

export interface TimelineParts {
  readonly graph: Graph;
  /** Undefined: only what is in memory can be asked for. */
  readonly archive?: Archive;
  /** Resolves when everything that has happened so far is in the archive. */
  readonly flushed: () => Promise<void>;
  readonly nowMs: () => number;
}

export class MergedTimeline implements Timeline {
  readonly #parts: TimelineParts;
  #archived: Span | undefined;
  #gaps: readonly Span[] = [];

  constructor(parts: TimelineParts) {
    this.#parts = parts;
  }

  /** Reads again what the archive keeps; call after opening and after pruning. */
  async refresh(): Promise<void> {
    const { archive } = this.#parts;
    [this.#archived, this.#gaps] = await Promise.all([archive?.range(), archive?.gaps() ?? []]);
  }

  now(): GraphView {
    return this.#parts.graph.now();
  }

  at(time: number, wanted?: Wanted): GraphView | Promise<GraphView> {
    const moment = { from: time, to: time };
    this.#check(moment);
    const { graph } = this.#parts;
    // Samples are kept by their number: at a moment near the horizon the archive may know more of them.
    if (this.#isInMemory(time) && time >= graph.series.evictedUntil) return graph.at(time);
    return this.#ask(
      moment,
      // What has ended since is known in memory alone while nothing can be written: then a part is too little.
      (archive, isWritten) => archive.viewAt(time, isWritten && wanted ? { wanted } : {}),
      (view) => viewsTogether(moment, view, graph.between(moment)),
    );
  }

  between(span: Span): GraphView | Promise<GraphView> {
    this.#check(span);
    const { graph } = this.#parts;
    if (this.#isInMemory(span.from) && span.to >= graph.series.evictedUntil) return graph.between(span);
    return this.#ask(
      span,
      (archive) => archive.viewBetween(span),
      (view) => viewsTogether(span, view, graph.between(span)),
    );
  }

  recalled(span: Span): GraphView {
    return this.#parts.graph.between(span);
  }

  async history(ids: readonly string[], span?: Span): Promise<Element[]> {
    if (span) this.#check(span);
    const { graph } = this.#parts;
    if (this.#isInMemory(span?.from ?? Number.NEGATIVE_INFINITY)) return graph.history(ids, span);
    return this.#ask(
      span,
      (archive) => archive.versions(ids, span),
      (versions) => versionsTogether(versions, graph.history(ids, span)),
    );
  }

  async diff(span: Span): Promise<Difference[]> {
    this.#check({ from: span.from, to: span.from });
    this.#check({ from: span.to, to: span.to });
    if (this.#isInMemory(span.from)) return this.#parts.graph.diff(span);
    return differences(await this.at(span.from), await this.at(span.to));
  }

  async samples(ids: readonly string[], series: string, span?: Span): Promise<Map<string, Sample[]>> {
    const { graph } = this.#parts;
    const isInMemory = (id: string) => (span as Span).from >= (graph.series.evicted(id, series) ?? graph.wholeSince);
    if (!span || !this.#parts.archive || ids.every(isInMemory)) return graph.samples(ids, series, span);
    return this.#ask(
      undefined,
      (archive) => archive.samples(ids, series, span),
      (samples) => samplesTogether(samples, graph.samples(ids, series, span)),
    );
  }

  timeOf(revision: number): number | undefined {
    return this.#parts.graph.timeOf(revision);
  }

  range(): Span {
    const { graph, nowMs } = this.#parts;
    const from = Math.min(this.#archived?.from ?? Number.POSITIVE_INFINITY, graph.range().from);
    return { from, to: nowMs() };
  }

  unwatched({ from, to }: Span): readonly Span[] {
    return this.#gaps.filter((gap) => gap.from < to && from < gap.to);
  }

  /**
   * Whether memory knows all there is to know from `time` on. What comes late takes its place in both; what tellers'
   * whole pictures left out is in the archive only. Where there are tellers others write to the archive, too, of any time:
   * what it held when it was last looked at says little.
   */
  #isInMemory(time: number): boolean {
    const { archive, graph } = this.#parts;
    const from = graph.wholeSince;
    if (!archive || time >= from) return true;
    return !graph.isMirror && from <= (this.#archived?.from ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Everything that happened has to be there first: how a version of then ended is part of it. While nothing can be
   * written, what is missing is still in memory.
   */
  async #ask<T>(
    span: Span | undefined,
    ask: (archive: Archive, isWritten: boolean) => Promise<T>,
    withMemory: (answer: T) => T,
  ): Promise<T> {
    const { archive, flushed } = this.#parts;
    const isWritten = await flushed().then(
      () => true,
      () => false,
    );
    const answer = await ask(archive as Archive, isWritten);
    // It may have forgotten this meanwhile: then part of the answer is missing.
    this.#archived = await archive?.range();
    if (span) this.#check(span);
    return isWritten ? answer : withMemory(answer);
  }

  /** A moment to come is as now is. */
  #check({ from, to }: Span): void {
    const kept = this.range();
    if (to >= kept.from) return;
    const asked = from === to ? `at ${text(from)}` : `between ${text(from)} and ${text(to)}`;
    throw mistake(
      'query.time-not-kept',
      `nothing is kept ${asked}`,
      `what is kept goes from ${text(kept.from)} to ${text(kept.to)}`,
    );
  }
}

function text(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString() : String(time);
}
