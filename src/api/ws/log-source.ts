/** Events of the whole graph for one client: a position in the change log that moves on. */
import type { GraphEvent } from '../../graph/change.ts';
import type { ApiGraph } from '../parts.ts';
import { eventText } from './envelope.ts';
import { type EventSource, FellBehind } from './outbox.ts';

/** Events read from the log at a time. */
const portion = 256;

export class LogSource implements EventSource {
  readonly #graph: ApiGraph;
  readonly #isPartial: boolean;
  #revision: number;
  #events: readonly GraphEvent[] = [];
  #index = 0;

  constructor(graph: ApiGraph, isPartial: boolean, revision: number) {
    this.#graph = graph;
    this.#isPartial = isPartial;
    this.#revision = revision;
  }

  /** Events that the client has not been sent. */
  get behind(): number {
    return this.#graph.revision - this.#revision;
  }

  /** Goes on after `revision`: what lies before is known to the client. */
  skipTo(revision: number): void {
    this.#revision = revision;
    this.#events = [];
    this.#index = 0;
  }

  next(): string | undefined {
    let event = this.#events[this.#index];
    if (event === undefined) {
      if (this.#revision >= this.#graph.revision) return undefined;
      const events = this.#graph.since(this.#revision, portion);
      if (!events) throw new FellBehind(`${this.behind} changes behind: what comes next is not kept any more`);
      this.#events = [...events];
      this.#index = 0;
      event = this.#events[0];
      if (event === undefined) return undefined;
    }
    this.#index++;
    this.#revision = event.revision;
    return eventText(event, this.#isPartial, this.#graph.now());
  }
}
