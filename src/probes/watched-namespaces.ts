/** A watch for every namespace that is listed, for as long as it is; where the world refuses, tried again ever later. */
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../std/backoff.ts';
import type { NamespaceReaders } from './everynamespace.ts';
import type { Namespace, ProbeContext } from './probe.ts';

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 30_000;

export interface NamespaceWatch {
  /** Watches until it is closed or `signal` aborts. `first` is called when all that is there has been told. */
  run(signal: AbortSignal, first: () => void): Promise<void>;
  /** Idempotent. */
  close(): void;
}

/** One namespace, as long as it is listed. */
export interface WatchedNamespace {
  /** Rejects with an Error that has a `code` when it cannot be watched. It may have another path than at first. */
  readonly open: (namespace: Namespace) => Promise<NamespaceWatch>;
  /** It is not listed any more, and its watch is closed. */
  readonly gone: () => void;
}

export interface WatchedParts {
  /** Counts `namespacesNotRead`. */
  readonly context: Pick<ProbeContext<unknown>, 'count' | 'namespaces'>;
  readonly listed: (namespace: Namespace) => WatchedNamespace;
  /** It may not be entered, or it was after all. */
  readonly refused: (name: string, isRefused: boolean) => void;
  /** Ends the run with a bug that showed outside of any call from it. */
  readonly fail: (error: unknown) => void;
}

export class WatchedNamespaces implements NamespaceReaders {
  readonly #parts: WatchedParts;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: WatchedParts) {
    this.#parts = parts;
  }

  /** Resolves when what is there has been told, or at the first failure; then goes on. */
  add(namespace: Namespace): Promise<void> {
    const its = this.#parts.listed(namespace);
    const kept: Kept = { its, leaving: new AbortController(), watch: undefined };
    this.#kept.set(namespace.nodeId, kept);
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    this.#keep(namespace, kept, settle).catch(this.#parts.fail).finally(settle);
    return settled;
  }

  remove({ nodeId }: Namespace): void {
    const kept = this.#kept.get(nodeId);
    if (!kept) return;
    this.#kept.delete(nodeId);
    leave(kept);
    kept.its.gone();
  }

  close(): void {
    for (const kept of this.#kept.values()) leave(kept);
    this.#kept.clear();
  }

  async #keep(namespace: Namespace, kept: Kept, settle: () => void): Promise<void> {
    const { signal } = kept.leaving;
    const { context, refused } = this.#parts;
    const waits = backoff({ firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, random: Math.random });
    while (!signal.aborted) {
      try {
        kept.watch = await kept.its.open(this.#newest(namespace));
        await kept.watch.run(signal, () => {
          refused(namespace.name, false);
          waits.reset();
          settle();
        });
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        // Without a code it is no refusal of the world.
        if (code === undefined) throw error;
        if (!signal.aborted) {
          context.count('namespacesNotRead');
          if (code === 'EPERM' || code === 'EACCES') refused(namespace.name, true);
        }
      } finally {
        kept.watch?.close();
        kept.watch = undefined;
      }
      settle();
      await sleep(waits.next(), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Its path may be another by now: it was listed again. */
  #newest(namespace: Namespace): Namespace {
    return this.#parts.context.namespaces.list().find((one) => one.nodeId === namespace.nodeId) ?? namespace;
  }
}

interface Kept {
  readonly its: WatchedNamespace;
  readonly leaving: AbortController;
  watch: NamespaceWatch | undefined;
}

function leave({ leaving, watch }: Kept): void {
  leaving.abort();
  watch?.close();
}
