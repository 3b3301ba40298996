/** What became of alerts, and who was told: the last few hundred events, oldest first. */
import type { AlertEvent } from '../contract/alert.ts';

export class History {
  readonly #max: number;
  #events: AlertEvent[] = [];

  constructor({ max }: { readonly max: number }) {
    this.#max = max;
  }

  all(): readonly AlertEvent[] {
    return this.#events;
  }

  add(event: AlertEvent): void {
    this.#events.push(event);
    const over = this.#events.length - this.#max;
    if (over > 0) this.#events.splice(0, over);
  }

  /** What came of telling it. */
  ended(id: string, how: 'done' | 'failed', note: string | undefined): void {
    const at = this.#events.findLastIndex(({ ID }) => ID === id);
    const event = this.#events[at];
    if (event) this.#events[at] = { ...event, Told: how, ...(note !== undefined && { Note: note }) };
  }

  /** In place of what there was. Gives what is new. */
  adopt(events: readonly AlertEvent[]): AlertEvent[] {
    const known = new Set(this.#events.map(({ ID }) => ID));
    this.#events = [...events];
    return events.filter(({ ID }) => !known.has(ID));
  }
}
