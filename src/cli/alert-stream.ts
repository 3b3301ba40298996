/**
 * Alerts as the server tells of them, across lost connections: what happened while nobody listened is read from their
 * history, as far as that goes back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AlertEvent, AlertMessage } from '../contract/alert.ts';
import { exitCodes, Failure } from './failure.ts';
import type { Server } from './server.ts';
import { listenTo } from './socket.ts';

export interface AlertStreamOptions {
  readonly server: Server;
  readonly signal: AbortSignal;
  /** Oldest first. */
  readonly history: () => Promise<readonly AlertEvent[]>;
  readonly onMessage: (message: AlertMessage) => void;
  readonly onMissed: (event: AlertEvent) => void;
  readonly onOpen: () => void;
  readonly onLost: (reason: string) => void;
  /** It goes on; false: the history does not go back to where it was lost. */
  readonly onBack: (isComplete: boolean) => void;
}

const retryMsMin = 100;
const retryMsMax = 5_000;

/** Ends when the signal aborts; throws when the server cannot be reached at the start, or refuses. */
export async function streamAlerts(options: AlertStreamOptions): Promise<void> {
  const { signal, server, onLost } = options;
  const heard = new Heard(options);
  let retryMs = retryMsMin;
  while (!signal.aborted) {
    try {
      const reason = await listenTo(server, {
        path: '/ws/subscriber',
        headers: { 'X-Websocket-Namespace': 'Alert' },
        onOpen: () => {
          retryMs = retryMsMin;
          void heard.open();
        },
        onMessage: (message) => {
          const { Namespace, Obj } = message as { readonly Namespace?: string; readonly Obj: AlertMessage };
          if (Namespace === 'Alert') heard.hear(Obj);
        },
        signal,
      });
      if (signal.aborted) return;
      onLost(reason);
    } catch (error) {
      if (signal.aborted) return;
      if (!heard.isKnown || !(error instanceof Failure) || error.exitCode !== exitCodes.unreachable) throw error;
    }
    heard.isOpen = false;
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, retryMsMax);
  }
}

/** Which messages were heard or read: each is told once. */
class Heard {
  readonly #options: AlertStreamOptions;
  #ids = new Set<string>();
  /** What comes while the history is read follows after it. */
  #waiting: AlertMessage[] = [];
  isKnown = false;
  isOpen = false;

  constructor(options: AlertStreamOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { history, onBack, onMissed, onOpen } = this.#options;
    const events = await history().catch(() => undefined);
    const isFirst = !this.isKnown;
    this.isKnown = true;
    this.isOpen = true;
    const missed = (events ?? []).filter(({ ID }) => !this.#ids.has(ID));
    const isComplete = events !== undefined && (this.#ids.size === 0 || missed.length < events.length);
    const waiting = new Set(this.#waiting.map(({ ID }) => ID));
    // As many are remembered as the history holds.
    if (events) this.#ids = new Set(events.map(({ ID }) => ID).filter((id) => !waiting.has(id)));
    if (isFirst) onOpen();
    else {
      onBack(isComplete);
      for (const event of missed) if (!waiting.has(event.ID)) onMissed(event);
    }
    for (const message of this.#waiting.splice(0)) this.hear(message);
  }

  hear(message: AlertMessage): void {
    if (!this.isOpen) {
      this.#waiting.push(message);
      return;
    }
    if (this.#ids.has(message.ID)) return;
    this.#ids.add(message.ID);
    this.#options.onMessage(message);
  }
}
