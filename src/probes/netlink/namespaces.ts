/** A watch for every namespace that is listed, for as long as it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetlinkError } from '../../native/netlink_error.ts';
import { someOf } from '../../std/some-of.ts';
import { NAMES_MAX } from '../notice-of-many.ts';
import type { Namespace } from '../probe.ts';
import type { Shared } from './publisher.ts';
import { Watch } from './watch.ts';

/** Until a namespace that could not be read is tried again, doubled each time. */
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 30_000;
/** Namespaces that may not be entered are named after this long. */
const SAY_MS = 50;
/** Of this, each namespace's readings of counters are shifted against the one before: spread evenly, whatever the number. */
const GOLDEN = 0.618_033_988_75;

interface Kept {
  readonly leaving: AbortController;
  watch: Watch | undefined;
}

export class NamespaceList {
  readonly #shared: Shared;
  readonly #kept = new Map<string, Kept>();
  /** Namespaces that may not be entered, by name. */
  readonly #refused = new Set<string>();
  #sayTimer: NodeJS.Timeout | undefined;
  #phase = 0;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** Resolves when the namespace is in the graph, or at the first failure; then goes on trying. */
  add(namespace: Namespace): Promise<void> {
    const kept: Kept = { leaving: new AbortController(), watch: undefined };
    this.#kept.set(namespace.nodeId, kept);
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    this.#keep(namespace, kept, settle).catch(this.#shared.fail).finally(settle);
    return settled;
  }

  remove(namespace: Namespace): void {
    const kept = this.#kept.get(namespace.nodeId);
    if (!kept) return;
    this.#kept.delete(namespace.nodeId);
    kept.leaving.abort();
    kept.watch?.publisher.withdraw();
    kept.watch?.close();
    this.#shared.topology.places.delete(namespace.nodeId);
    this.#say(namespace.name, false);
    for (const { watch } of this.#kept.values()) watch?.namespaceRemoved(namespace.nodeId);
  }

  close(): void {
    for (const { leaving, watch } of this.#kept.values()) {
      leaving.abort();
      watch?.close();
    }
    this.#kept.clear();
    clearTimeout(this.#sayTimer);
  }

  async #keep(namespace: Namespace, kept: Kept, settle: () => void): Promise<void> {
    const { signal } = kept.leaving;
    for (let waitMs = RETRY_FIRST_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)) {
      try {
        await this.#watch(this.#newest(namespace), kept);
        this.#say(namespace.name, false);
        settle();
        return await this.#readCounters(kept);
      } catch (error) {
        kept.watch?.close();
        kept.watch = undefined;
        const code = (error as NodeJS.ErrnoException).code;
        // Without a code it is no refusal of the world.
        if (code === undefined) throw error;
        if (signal.aborted) return;
        this.#shared.context.count('namespacesNotRead');
        if (code === 'EPERM' || code === 'EACCES') this.#say(namespace.name, true);
      }
      settle();
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #watch(namespace: Namespace, kept: Kept): Promise<void> {
    const watch = await Watch.open(namespace, this.#shared);
    if (kept.leaving.signal.aborted) return watch.close();
    kept.watch = watch;
    this.#shared.topology.places.set(namespace.nodeId, watch.publisher);
    // Whoever has a link to here can find out now that it is here.
    for (const other of this.#kept.values()) if (other !== kept) other.watch?.namespaceAdded();
    await watch.begin();
  }

  /** Its path may be another by now: it was listed again. */
  #newest(namespace: Namespace): Namespace {
    return this.#shared.context.namespaces.list().find((one) => one.nodeId === namespace.nodeId) ?? namespace;
  }

  /** Once now, then every so often: each namespace at another time. */
  async #readCounters(kept: Kept): Promise<void> {
    const { signal } = kept.leaving;
    const { metricsUpdateMs } = this.#shared.context.options;
    this.#phase = (this.#phase + GOLDEN) % 1;
    let waitMs = metricsUpdateMs * (0.5 + this.#phase / 2);
    while (!signal.aborted) {
      try {
        await kept.watch?.readCounters();
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        if (!signal.aborted) this.#shared.context.count('countersNotRead');
      }
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      waitMs = metricsUpdateMs;
    }
  }

  /** Told together: without the capability it is all of them. */
  #say(name: string, isRefused: boolean): void {
    if (this.#refused.has(name) === isRefused) return;
    if (isRefused) this.#refused.add(name);
    else this.#refused.delete(name);
    this.#sayTimer ??= setTimeout(() => {
      this.#sayTimer = undefined;
      this.#shared.context.notice(refusal([...this.#refused].sort()));
    }, SAY_MS).unref();
  }
}

function refusal(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return `cannot see into ${someOf(names, NAMES_MAX)}: needs CAP_SYS_ADMIN and CAP_NET_ADMIN`;
}
