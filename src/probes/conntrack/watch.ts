/** Connection tracking of one namespace: how full it is, what is in it, and what it translates. */
import type { Metadata } from '../../graph/element.ts';
import { Conversation } from '../../native/conversation.ts';
import {
  cpuStatsDump,
  entryDump,
  GROUPS,
  NETLINK_NETFILTER,
  statsRequest,
  translatedDumps,
} from '../../native/ctnetlink.ts';
import type { NetlinkSocket } from '../../native/door.ts';
import { NetlinkError } from '../../native/netlink_error.ts';
import { bell } from '../../std/bell.ts';
import type { Namespace, ProbeContext } from '../probe.ts';
import type { Entries } from './entry.ts';
import type { Notices } from './notices.ts';
import type { Options } from './options.ts';
import { CpuStats, type Fill, readFill } from './stats.ts';
import { Tally } from './tally.ts';
import { Translated } from './translated.ts';
import type { Turns } from './turns.ts';
import { KEY, LEVELS, STATS } from './vocabulary.ts';
import { translatedAlone } from './wanted.ts';

/** Counting takes at most this share of the time, one part in so many. */
const COUNTING_SHARE = 50;
/** Between two readings of translations that were missed, doubled each time while more are. */
const RESYNC_FIRST_MS = 50;
const RESYNC_MAX_MS = 5_000;

export interface Shared {
  readonly context: ProbeContext<Options>;
  readonly notices: Notices;
  /** All namespaces count one after another. */
  readonly turns: Turns;
}

export class Watch {
  readonly #namespace: Namespace;
  readonly #shared: Shared;
  readonly #conversation: Conversation;
  readonly #events: NetlinkSocket | undefined;
  readonly #translated: Translated;
  readonly #look = bell();
  #isMissed = false;
  #isInUse = false;
  #isClosed = false;
  #countedAt = Number.NEGATIVE_INFINITY;
  #countAfterMs: number;
  #resyncAt = 0;
  #resyncMs = RESYNC_FIRST_MS;
  #levels: Record<string, number> = {};
  #tally: Tally | undefined;
  #said = '';

  private constructor(
    namespace: Namespace,
    shared: Shared,
    { conversation, events }: { conversation: Conversation; events: NetlinkSocket | undefined },
  ) {
    const { options, translations, count } = shared.context;
    this.#namespace = namespace;
    this.#shared = shared;
    this.#conversation = conversation;
    this.#events = events;
    this.#countAfterMs = options.countMs;
    this.#translated = new Translated({
      node: namespace.nodeId,
      max: options.translationsMax,
      writer: translations,
      now: Date.now,
      notKept: (more) => count('translationsNotKept', more),
    });
    events?.onBatch((batch, overrun) => this.#hear(batch, overrun));
  }

  /** Rejects with an Error that has a `code` when the namespace cannot be entered. */
  static async open(namespace: Namespace, shared: Shared): Promise<Watch> {
    const { door, host, options } = shared.context;
    const place = namespace.nodeId === host.id ? {} : { netns: namespace.path };
    const request = { ...place, protocol: NETLINK_NETFILTER };
    const { receiveBufferBytes } = options;
    // First: so that nothing falls between.
    const events = options.events
      ? await door.openNetlink({ ...request, groups: GROUPS, receiveBufferBytes, filter: translatedAlone() })
      : undefined;
    try {
      const conversation = new Conversation(await door.openNetlink(request));
      return new Watch(namespace, shared, { conversation, events });
    } catch (error) {
      events?.close();
      throw error;
    }
  }

  /** Looks until it is closed or `signal` aborts. `first` is called when all that is there has been told. */
  async run(signal: AbortSignal, first: () => void): Promise<void> {
    while (!signal.aborted && !this.#isClosed) {
      await this.#round(signal);
      first();
      const wake = setTimeout(this.#look.ring, this.#waitMs()).unref();
      await this.#look.rung(signal);
      clearTimeout(wake);
    }
  }

  /** Idempotent. Lets go of the namespace at once: open sockets keep it alive. */
  close(): void {
    this.#isClosed = true;
    this.#events?.close();
    this.#conversation.close();
    this.#look.ring();
  }

  #hear(batch: Uint8Array, overrun: boolean): void {
    if (this.#isClosed) return;
    if (overrun) {
      this.#shared.context.count('overruns');
      this.#isMissed = true;
      this.#resyncAt = performance.now() + this.#resyncMs;
      this.#look.ring();
    }
    this.#translated.hear(batch);
  }

  #waitMs(): number {
    const { pollMs } = this.#shared.context.options;
    return this.#isMissed ? Math.max(1, Math.min(pollMs, this.#resyncAt - performance.now())) : pollMs;
  }

  async #round(signal: AbortSignal): Promise<void> {
    const fill = readFill(await this.#conversation.request(statsRequest()));
    if (!fill) return;
    const isDue = performance.now() - this.#countedAt >= this.#countAfterMs;
    if (fill.entries === 0) this.#empty();
    else if (isDue) await this.#shared.turns.take(() => this.#count(), signal);
    else if (this.#isMissed && performance.now() >= this.#resyncAt) await this.#resync();
    this.#isInUse ||= fill.entries > 0;
    if (this.#isInUse) await this.#tell(fill);
    else this.#say(undefined);
  }

  /** There are none: no need to ask which. */
  #empty(): void {
    this.#isMissed = false;
    this.#tally = this.#tally && new Tally();
    if (this.#translated.size === 0) return;
    this.#translated.begin();
    this.#translated.end(true);
  }

  async #count(): Promise<void> {
    if (this.#isClosed) return;
    const began = performance.now();
    const tally = new Tally();
    const isWhole = await this.#read([entryDump()], (entry) => tally.add(entry));
    const took = performance.now() - began;
    this.#countedAt = performance.now();
    this.#countAfterMs = Math.max(this.#shared.context.options.countMs, took * COUNTING_SHARE);
    if (isWhole) this.#tally = tally;
    if (tally.destinationsNotKept > 0) this.#shared.context.count('halfOpenNotKept', tally.destinationsNotKept);
  }

  async #resync(): Promise<void> {
    this.#shared.context.count('resyncs');
    await this.#read(translatedDumps(), () => undefined);
  }

  /** Tells the translations that are there. False: something was lost on the way, and it is read again. */
  async #read(dumps: readonly Uint8Array[], see: (entry: Entries) => void): Promise<boolean> {
    this.#isMissed = false;
    this.#translated.begin();
    try {
      // A batch is read as it comes, which holds back the kernel: of a large table no more is in memory than a few.
      for (const request of dumps)
        for await (const batch of this.#conversation.dump(request)) this.#translated.dump(batch, see);
    } catch (error) {
      this.#translated.end(false);
      if (!(error instanceof NetlinkError) || error.code !== 'ENOBUFS') throw error;
      this.#shared.context.count('overruns');
      this.#missed();
      return false;
    }
    this.#translated.end(true);
    if (this.#isMissed) this.#missed();
    else this.#resyncMs = RESYNC_FIRST_MS;
    return true;
  }

  /** Again while it was read: the next try comes later. */
  #missed(): void {
    this.#isMissed = true;
    this.#resyncMs = Math.min(this.#resyncMs * 2, RESYNC_MAX_MS);
    this.#resyncAt = performance.now() + this.#resyncMs;
  }

  async #tell({ entries, max }: Fill): Promise<void> {
    const { context, notices } = this.#shared;
    const { nodeId: id, name } = this.#namespace;
    const stats = new CpuStats();
    for await (const batch of this.#conversation.dump(cpuStatsDump())) stats.hear(batch);
    if (this.#isClosed) return;
    // What was there once and is not any more is none, not unknown.
    const none = Object.fromEntries(Object.keys(this.#levels).map((key) => [key, 0]));
    this.#levels = { ...none, ...this.#tally?.levels(), Entries: entries, Max: max };
    context.graph.apply([
      { kind: 'counters', id, series: LEVELS, total: this.#levels },
      { kind: 'counters', id, series: STATS, total: stats.total },
    ]);
    if (max > 0) notices.fill(name, entries / max);
    this.#say(this.#facts(max));
  }

  #facts(max: number): Metadata {
    const zones = this.#tally?.zones() ?? [];
    const many = this.#tally?.destinations(this.#shared.context.options.halfOpenMin) ?? [];
    // Of how many to the power of two: a count would make a version each time.
    const halfOpen = many.map(({ Destination, Count }) => ({
      Destination,
      AtLeast: 2 ** Math.floor(Math.log2(Count)),
    }));
    halfOpen.sort((a, b) => b.AtLeast - a.AtLeast || (a.Destination < b.Destination ? -1 : 1));
    return {
      Max: max,
      ...(zones.length > 0 ? { Zones: zones } : {}),
      ...(halfOpen.length > 0 ? { HalfOpen: halfOpen } : {}),
    };
  }

  /** Undefined takes back what an earlier run may have said. */
  #say(facts: Metadata | undefined): void {
    const text = JSON.stringify(facts) ?? 'none';
    const { graph, view } = this.#shared.context;
    const id = this.#namespace.nodeId;
    const [node] = view().nodes(id);
    if (!node || text === this.#said) return;
    this.#said = text;
    if (!facts && node.metadata[KEY] === undefined) return;
    graph.apply([{ kind: 'set', id, of: 'node', ...(facts ? { set: { [KEY]: facts } } : { unset: [KEY] }) }]);
  }
}
