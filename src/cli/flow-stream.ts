/**
 * Flows as the server tells of them, across lost connections. What is told while nobody listens is not told again: that
 * there was such a time is said, and where to look for it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { WireFlow } from '../contract/flow.ts';
import { exitCodes, Failure } from './failure.ts';
import type { Server } from './server.ts';
import { listenTo } from './socket.ts';

export interface FlowStreamOptions {
  readonly server: Server;
  /** A query that gives flows of now; every batch of updates is asked it. */
  readonly filter: string;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onFlows: (flows: readonly WireFlow[]) => void;
  /** Flows that the server could not send: we were too slow. */
  readonly onDropped: (flows: number) => void;
  readonly onOpen: () => void;
  readonly onLost: (reason: string) => void;
  /** Nothing was heard since then, epoch ms. */
  readonly onBack: (sinceMs: number) => void;
}

const retryMsMin = 100;
const retryMsMax = 5_000;

interface FlowMessage {
  readonly Type?: string;
  readonly Obj?: unknown;
}

/** Ends when the signal aborts; throws when the server cannot be reached at the start, or refuses. */
export async function streamFlows(options: FlowStreamOptions): Promise<void> {
  const { signal, now } = options;
  let retryMs = retryMsMin;
  let isKnown = false;
  let lostAt: number | undefined;
  while (!signal.aborted) {
    try {
      const reason = await listenTo(options.server, {
        path: '/ws/subscriber/flow',
        headers: { 'X-Gremlin-Filter': options.filter },
        onOpen: () => {
          if (!isKnown) options.onOpen();
          if (lostAt !== undefined) options.onBack(lostAt);
          isKnown = true;
          lostAt = undefined;
          retryMs = retryMsMin;
        },
        onMessage: (message) => hear(message as FlowMessage, options),
        signal,
      });
      if (signal.aborted) return;
      lostAt ??= now();
      options.onLost(reason);
    } catch (error) {
      if (signal.aborted) return;
      if (!isKnown || !(error instanceof Failure) || error.exitCode !== exitCodes.unreachable) throw error;
      lostAt ??= now();
    }
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, retryMsMax);
  }
}

function hear({ Type, Obj }: FlowMessage, { onFlows, onDropped }: FlowStreamOptions): void {
  if (Type === 'store' && Array.isArray(Obj)) onFlows(Obj as WireFlow[]);
  else if (Type === 'loss') onDropped(Number((Obj as { Flows?: unknown } | null)?.Flows ?? 0));
  else if (Type === 'Error') throw new Failure(exitCodes.usage, String(Obj));
}
