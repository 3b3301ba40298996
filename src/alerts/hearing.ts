/**
 * Who listens here, and what they hear: what was found since the last write when it is kept, as whoever is told by a
 * message; what another server found when it is read.
 */
import type { AlertEvent, AlertMessage } from '../contract/alert.ts';
import type { Alert } from './alert.ts';
import { messageOf } from './message.ts';
import type { Standing } from './standing.ts';

/** While nothing can be kept messages wait to be heard: the oldest gives way, and is in the history. */
const HELD_BACK_MAX = 1_000;

/** What one write keeps. */
export interface News {
  /** Grows with each. */
  readonly number: number;
  readonly messages: AlertMessage[];
}

export class Hearing {
  readonly #listeners = new Set<(message: AlertMessage) => void>();
  #news: News | undefined;
  #number = 0;
  /** Gave way. */
  unheard = 0;

  /** The result ends it. */
  listen(listener: (message: AlertMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** To be heard when it is kept. Gives what the next write keeps, and whether this is the first of it. */
  add(message: AlertMessage): { readonly news: News; readonly isFirst: boolean } {
    const isFirst = this.#news === undefined;
    this.#news ??= { number: ++this.#number, messages: [] };
    const news = this.#news;
    news.messages.push(message);
    if (news.messages.length > HELD_BACK_MAX) {
      news.messages.shift();
      this.unheard++;
    }
    return { news, isFirst };
  }

  /** A write begins: what is found from now on is for the next one. */
  seal(): void {
    this.#news = undefined;
  }

  hear({ messages }: News): void {
    for (const message of messages) for (const listener of this.#listeners) listener(message);
  }

  /** Of what another server found. */
  hearOf(
    events: readonly AlertEvent[],
    known: {
      readonly alert: (id: string) => Alert | undefined;
      readonly standing: (id: string) => Standing | undefined;
      readonly host: string;
    },
  ): void {
    if (this.#listeners.size === 0) return;
    for (const { ID, Alert: UUID, State: state, Time } of events) {
      const alert = known.alert(UUID);
      if (alert === undefined) continue;
      const atMs = Date.parse(Time);
      const standing = known.standing(UUID) ?? { UUID, State: 'inactive', Since: atMs };
      const message = messageOf({ alert, standing, state, atMs, host: known.host });
      const [Firing = '', Sequence = '1'] = /^(.*)-(\d+)$/.exec(ID)?.slice(1) ?? [];
      for (const listener of this.#listeners) listener({ ...message, ID, Firing, Sequence: Number(Sequence) });
    }
  }
}
