/** Says on the nodes of namespaces what listens there. */
import type { Change } from '../../graph/change.ts';
import type { ProbeContext } from '../probe.ts';
import type { Book } from './book.ts';
import type { Place } from './place.ts';
import type { Processes } from './processes.ts';
import { servicesOf } from './services.ts';

/** What comes and goes within this time is not said at all… */
const SETTLE_MS = 100;
/** … and what keeps coming and going is said this often. */
const REST_MS = 1_000;

export interface SpeakerParts extends Pick<ProbeContext<unknown>, 'graph' | 'view' | 'host' | 'count'> {
  readonly book: Book;
  readonly processes: Processes;
}

export class ServicesSpeaker implements Disposable {
  readonly #parts: SpeakerParts;
  readonly #said = new Set<string>();
  /** Those that are to be looked at again, as time alone may change them or the graph refused. */
  readonly #unsure = new Set<Place>();
  #timer: NodeJS.Timeout | undefined;
  #saidMs = 0;
  #isBegun = false;

  constructor(parts: SpeakerParts) {
    this.#parts = parts;
  }

  /** Some may be others now: says so soon. */
  ring(): void {
    if (!this.#isBegun || this.#timer || this.#parts.book.served.size === 0) return;
    const waitMs = Math.max(SETTLE_MS, this.#saidMs + REST_MS - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.say();
    }, waitMs).unref();
  }

  /** After a look. */
  lookAgain(): void {
    for (const place of this.#unsure) this.#parts.book.served.add(place);
    this.#unsure.clear();
    this.ring();
  }

  /** The first words: takes back what an earlier run has left on nodes that have none now. */
  begin(): void {
    this.#isBegun = true;
    this.say();
    const { graph, view, host } = this.#parts;
    const left: Change[] = [];
    for (const { id, host: of, origin, metadata } of view().nodes()) {
      if (of !== host.name || origin !== `agent.${host.name}` || this.#said.has(id)) continue;
      if (metadata.Services !== undefined) left.push({ kind: 'set', id, of: 'node', unset: ['Services'] });
    }
    if (left.length > 0) graph.apply(left);
  }

  say(): void {
    const { book, processes, graph, count } = this.#parts;
    const nowMs = Date.now();
    this.#saidMs = nowMs;
    processes.breathe();
    for (const place of book.served) {
      book.served.delete(place);
      const { list, beyond, isUnsure } = servicesOf(place, processes, nowMs);
      if (beyond > 0) count('servicesNotShown', beyond);
      if (isUnsure) this.#unsure.add(place);
      if (list.length === 0 && !this.#said.has(place.node)) continue;
      const words = list.length > 0 ? { set: { Services: list } } : { unset: ['Services'] };
      const { refused } = graph.apply([{ kind: 'set', id: place.node, of: 'node', ...words }]);
      if (refused.length > 0) this.#unsure.add(place);
      else if (list.length > 0) this.#said.add(place.node);
      else this.#said.delete(place.node);
    }
  }

  forget(node: string): void {
    this.#said.delete(node);
    for (const place of this.#unsure) if (place.node === node) this.#unsure.delete(place);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
