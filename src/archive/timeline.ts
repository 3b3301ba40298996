/**
 * Live graph and archive as one line of time: recent moments from memory, older ones from the archive, no seam.
 * The archive holds everything that was pushed to its writer, so one source answers each question alone.
 */

import { differences } from '../graph/diff.ts';
import type { Element } from '../graph/element.ts';
import type { Graph } from '../graph/graph.ts';
import type { Difference, GraphView, Sample, Span, Timeline } from '../graph/view.ts';
import { mistake } from '../std/mistake.ts';
import type { Archive } from './archive.ts';

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

  constructor(parts: TimelineParts) {
    this.#parts = parts;
  }

  /** Reads again what the archive keeps; call after opening and after pruning. */
  async refresh(): Promise<void> {
    this.#archived = await this.#parts.archive?.range();
  }

  now(): GraphView {
    return this.#parts.graph.now();
  }

  at(time: number): GraphView | Promise<GraphView> {
    this.#check({ from: time, to: time });
    const { archive, graph } = this.#parts;
    return !archive || time >= graph.range().from ? graph.at(time) : archive.viewAt(time);
  }

  between(span: Span): GraphView | Promise<GraphView> {
    this.#check(span);
    const { archive, graph } = this.#parts;
    if (!archive || span.from >= graph.range().from) return graph.between(span);
    return this.#parts.flushed().then(() => archive.viewBetween(span));
  }

  async history(ids: readonly string[], span?: Span): Promise<Element[]> {
    if (span) this.#check(span);
    const { archive, graph } = this.#parts;
    if (!archive || (span && span.from >= graph.range().from)) return graph.history(ids, span);
    await this.#parts.flushed();
    return archive.versions(ids, span);
  }

  async diff(span: Span): Promise<Difference[]> {
    this.#check({ from: span.from, to: span.from });
    this.#check({ from: span.to, to: span.to });
    const { graph } = this.#parts;
    if (span.from >= graph.range().from) return graph.diff(span);
    return differences(await this.at(span.from), await this.at(span.to));
  }

  async samples(ids: readonly string[], series: string, span?: Span): Promise<Map<string, Sample[]>> {
    const { archive, graph } = this.#parts;
    const inMemory = (id: string) => (graph.series.oldest(id, series) ?? Number.NEGATIVE_INFINITY) <= (span?.from ?? 0);
    if (!span || !archive || ids.every(inMemory)) return graph.samples(ids, series, span);
    await this.#parts.flushed();
    return archive.samples(ids, series, span);
  }

  timeOf(revision: number): number | undefined {
    return this.#parts.graph.timeOf(revision);
  }

  range(): Span {
    const { graph, nowMs } = this.#parts;
    const from = Math.min(this.#archived?.from ?? Number.POSITIVE_INFINITY, graph.range().from);
    return { from, to: nowMs() };
  }

  #check({ from, to }: Span): void {
    const kept = this.range();
    if (to >= kept.from && from <= Math.max(kept.to, to)) return;
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
