/** The packet filters and NAT of one namespace: of each commit that the kernel tells, what it touched is read again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Conversation } from '../../native/conversation.ts';
import type { NetlinkSocket } from '../../native/door.ts';
import { NetlinkError } from '../../native/netlink_error.ts';
import { bell } from '../../std/bell.ts';
import type { Namespace, ProbeContext } from '../probe.ts';
import { Breath } from './breath.ts';
import { legacyTables } from './legacy.ts';
import { GROUPS, NETLINK_NETFILTER } from './nftnetlink.ts';
import type { Notices } from './notices.ts';
import type { Options } from './options.ts';
import { isAged, type Reading, readRuleset } from './reading.ts';
import { endByThemselves } from './ruleset.ts';
import type { Teller } from './teller.ts';
import { COUNTERS, Notebook, SETS, type Touched } from './touched.ts';

/** A reading takes at most this share of the time, one part in so many. */
const READING_SHARE = 3;
/** Between two readings at least. */
const REST_MS = 10;
const REST_MAX_MS = 5_000;
/** Readings, when it changes while it is read; then it rests. */
const ATTEMPTS = 4;
const BUSY_REST_MS = 1_000;
/** Counters are read for at most this share of the time, one part in so many. */
const COUNTING_SHARE = 100;
/** Elements that end by themselves are read again once in so many times that counters are. */
const AGED_POLLS = 6;
/** Of what the kernel tells of commits: a rule takes some 400. */
const RECEIVE_BYTES = 4 << 20;
/** Changes that are written at once. */
const CHANGES_MAX = 500;

export interface Shared {
  readonly context: ProbeContext<Options>;
  readonly notices: Notices;
}

export class Watch {
  readonly #namespace: Namespace;
  readonly #shared: Shared;
  readonly #conversation: Conversation;
  readonly #events: NetlinkSocket;
  readonly #teller: Teller;
  readonly #look = bell();
  readonly #notes = new Notebook();
  /** The last, without its rules. */
  #before: Reading | undefined;
  #isClosed = false;

  private constructor(
    namespace: Namespace,
    shared: Shared,
    { conversation, events, teller }: { conversation: Conversation; events: NetlinkSocket; teller: Teller },
  ) {
    this.#namespace = namespace;
    this.#shared = shared;
    this.#conversation = conversation;
    this.#events = events;
    this.#teller = teller;
    events.onBatch((batch, overrun) => {
      if (overrun) {
        shared.context.count('overruns');
        this.#notes.doubt();
      }
      if (this.#notes.hear(batch) || overrun) this.#look.ring();
    });
  }

  /** Rejects with an Error that has a `code` when the namespace cannot be entered. */
  static async open(namespace: Namespace, shared: Shared, teller: Teller): Promise<Watch> {
    const { door, host } = shared.context;
    const place = namespace.nodeId === host.id ? {} : { netns: namespace.path };
    const request = { ...place, protocol: NETLINK_NETFILTER };
    // First: so that nothing falls between.
    const events = await door.openNetlink({ ...request, groups: GROUPS, receiveBufferBytes: RECEIVE_BYTES });
    try {
      const conversation = new Conversation(await door.openNetlink(request));
      return new Watch(namespace, shared, { conversation, events, teller });
    } catch (error) {
      events.close();
      throw error;
    }
  }

  /** Reads until it is closed or `signal` aborts. `first` is called when all that is there has been told. */
  async run(signal: AbortSignal, first: () => void): Promise<void> {
    this.#notes.doubt();
    while (!signal.aborted && !this.#isClosed) {
      const began = performance.now();
      const isCounting = this.#notes.isEmpty;
      const isTold = await this.#round(isCounting ? this.#byItself() : undefined);
      first();
      const took = performance.now() - began;
      const restMs = isTold ? Math.min(REST_MAX_MS, Math.max(REST_MS, took * READING_SHARE)) : BUSY_REST_MS;
      await sleep(restMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!this.#notes.isEmpty) continue;
      await this.#wait(signal, isCounting ? took * COUNTING_SHARE : 0);
    }
  }

  /** Idempotent. Lets go of the namespace at once: open sockets keep it alive. */
  close(): void {
    this.#isClosed = true;
    this.#events.close();
    this.#conversation.close();
    this.#look.ring();
  }

  /** For news, or until it is time to read what nobody tells of. */
  async #wait(signal: AbortSignal, leastMs: number): Promise<void> {
    const { pollMs } = this.#shared.context.options;
    const hasEnding = this.#before?.sets.some(endByThemselves);
    const everyMs = this.#teller.hasCounters ? pollMs : hasEnding ? this.#agedMs : undefined;
    const wake = everyMs === undefined ? undefined : setTimeout(this.#look.ring, Math.max(everyMs, leastMs)).unref();
    await this.#look.rung(signal);
    clearTimeout(wake);
  }

  /** What nobody tells of: what rules have counted, and elements that end by themselves. */
  #byItself(): Touched {
    const sinceMs = performance.now() - this.#agedMs;
    return this.#before?.sets.some((set) => isAged(set, sinceMs)) ? SETS : COUNTERS;
  }

  get #agedMs(): number {
    return this.#shared.context.options.pollMs * AGED_POLLS;
  }

  /** False: it changed all the while. */
  async #round(untold: Touched | undefined): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const notedAt = this.#notes.generation;
      const touched = this.#notes.isEmpty && untold ? untold : this.#notes.take();
      // What comes without end is told at last as it is: see ToldRules of what is not known yet.
      const reading = await this.#read(touched, attempt < ATTEMPTS - 1 ? notedAt : undefined);
      if (this.#isClosed) return true;
      if (reading !== undefined) {
        await this.#tell(reading);
        return true;
      }
      this.#shared.context.count('rereads');
      this.#notes.putBack(touched);
    }
    return false;
  }

  async #read(touched: Touched, notedAt: number | undefined): Promise<Reading | undefined> {
    try {
      const bounds = { ...this.#shared.context.options, agedMs: this.#agedMs };
      return await readRuleset(this.#conversation, bounds, { touched, notedAt }, this.#before);
    } catch (error) {
      if (!(error instanceof NetlinkError) || !/^(ENOBUFS|EINTR)$/.test(error.code ?? '')) throw error;
      this.#shared.context.count('overruns');
      return undefined;
    }
  }

  async #tell(reading: Reading): Promise<void> {
    const { context, notices } = this.#shared;
    const { nodeId, name, path } = this.#namespace;
    const legacy = legacyTables(nodeId === context.host.id ? undefined : path);
    notices.set('legacy', name, legacy.length > 0);
    notices.set('leftOut', name, reading.leftOut > 0);
    if (reading.leftOut > 0) context.count('rulesLeftOut', reading.leftOut);
    // Its node may not be there yet, or not any more.
    const [node] = context.view().nodes(nodeId);
    this.#before = node ? { ...reading, rules: new Map() } : undefined;
    if (!node) return;
    const changes = await this.#teller.tell(reading, legacy);
    if (changes === undefined || this.#isClosed) return;
    const breath = new Breath();
    for (let from = 0; from < changes.length; from += CHANGES_MAX) {
      await breath.take();
      if (this.#isClosed) return;
      const { refused } = context.graph.apply(changes.slice(from, from + CHANGES_MAX));
      if (refused.length > 0) context.count('refused', refused.length);
    }
    // There are more than are told: which ones, only a whole reading says.
    if (reading.touched && this.#teller.size > context.options.rulesMax) this.#notes.doubt();
  }
}
