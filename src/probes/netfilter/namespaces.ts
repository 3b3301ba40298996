/** A watch for every namespace that is listed, for as long as it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '../../graph/change.ts';
import { backoff } from '../../std/backoff.ts';
import type { Namespace } from '../probe.ts';
import { Teller } from './teller.ts';
import { type Shared, Watch } from './watch.ts';

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 30_000;

interface Kept {
  readonly leaving: AbortController;
  readonly teller: Teller;
  watch: Watch | undefined;
}

export class NamespaceList {
  readonly #shared: Shared;
  /** Ends the run with a bug that showed outside of any call from it. */
  readonly #fail: (error: unknown) => void;
  readonly #kept = new Map<string, Kept>();

  constructor(shared: Shared, fail: (error: unknown) => void) {
    this.#shared = shared;
    this.#fail = fail;
  }

  /** Resolves when what is there has been told, or at the first failure; then goes on. */
  add(namespace: Namespace): Promise<void> {
    const teller = new Teller(namespace.nodeId, this.#shared.context.view());
    const kept: Kept = { leaving: new AbortController(), teller, watch: undefined };
    this.#kept.set(namespace.nodeId, kept);
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    this.#keep(namespace, kept, settle).catch(this.#fail).finally(settle);
    return settled;
  }

  remove({ nodeId, name }: Namespace): void {
    const kept = this.#kept.get(nodeId);
    if (!kept) return;
    this.#kept.delete(nodeId);
    leave(kept);
    this.#shared.notices.gone(name);
    this.#shared.context.graph.apply(kept.teller.withdraw());
  }

  /** What an earlier run has left, and whose namespace has not come back. */
  sweep(): void {
    const { view, host, graph } = this.#shared.context;
    const gone: Change[] = [];
    const known = new Set<string>();
    for (const { teller } of this.#kept.values()) for (const id of teller.ids()) known.add(id);
    for (const type of ['nftchain', 'nftrule', 'nftset'])
      for (const { id, origin } of view().nodesWith('Type', type) ?? [])
        if (origin === `agent.${host.name}` && !known.has(id)) gone.push({ kind: 'gone', id, of: 'node' });
    if (gone.length > 0) graph.apply(gone);
  }

  close(): void {
    for (const kept of this.#kept.values()) leave(kept);
    this.#kept.clear();
  }

  async #keep(namespace: Namespace, kept: Kept, settle: () => void): Promise<void> {
    const { signal } = kept.leaving;
    const { notices, context } = this.#shared;
    const waits = backoff({ firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, random: Math.random });
    while (!signal.aborted) {
      try {
        kept.watch = await Watch.open(this.#newest(namespace), this.#shared, kept.teller);
        await kept.watch.run(signal, () => {
          notices.refused(namespace.name, false);
          waits.reset();
          settle();
        });
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        // Without a code it is no refusal of the world.
        if (code === undefined) throw error;
        if (!signal.aborted) {
          context.count('namespacesNotRead');
          if (code === 'EPERM' || code === 'EACCES') notices.refused(namespace.name, true);
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
    return this.#shared.context.namespaces.list().find((one) => one.nodeId === namespace.nodeId) ?? namespace;
  }
}

function leave({ leaving, watch }: Kept): void {
  leaving.abort();
  watch?.close();
}
