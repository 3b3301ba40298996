/** One namespace: hears what changes in it, reads all of it at first and when something was missed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetlinkError } from '../../native/netlink_error.ts';
import { messages } from '../../native/nlmsg.ts';
import type { Namespace } from '../probe.ts';
import { Counters } from './counters.ts';
import { Inquiries } from './inquiries.ts';
import { Mark } from './mark.ts';
import { changedDevice } from './monitor.ts';
import { News } from './news.ts';
import { Nsids } from './nsids.ts';
import { Patience } from './patience.ts';
import { Publisher, type Shared } from './publisher.ts';
import { readAll } from './reading.ts';
import { openSockets, type Sockets } from './sockets.ts';
import { Tables } from './tables.ts';

/** Interfaces described at a time when there are many, and how many of some news are. */
const CHUNK = 8;
const BURST = 16;
/** Between two readings of everything, doubled each time while something was missed again. */
const RESYNC_FIRST_MS = 5;
const RESYNC_MAX_MS = 1_000;
/** News that wait; more, and everything is read again. */
const QUEUE_MAX_BYTES = 32 * 1024 * 1024;
/** Messages whose news are told together. */
const TOGETHER = 128;

export class Watch {
  readonly publisher: Publisher;
  readonly #shared: Shared;
  readonly #sockets: Sockets;
  readonly #inquiries: Inquiries;
  readonly #nsids: Nsids;
  readonly #counters = new Counters();
  readonly #closing = new AbortController();
  /** News that came while everything was being read, or faster than they are told. */
  #queue: Uint8Array[] = [];
  #queueBytes = 0;
  /** Up to which they are of no use. */
  #mark: Mark | undefined;
  /** While everything is being read they stay there. */
  #isHolding = true;
  #isDraining = false;
  #hidden = { routesNotShown: 0, neighboursNotShown: 0 };
  #isReading = false;
  #isMissed = false;
  readonly #patience: Patience;

  private constructor(namespace: Namespace, shared: Shared, sockets: Sockets) {
    this.#shared = shared;
    this.#sockets = sockets;
    const { conversation, devices, events, monitor } = sockets;
    this.#nsids = new Nsids(
      conversation,
      () => shared.context.namespaces.list(),
      (nsid) => this.#publish(this.publisher.across(nsid)),
      shared.fail,
    );
    const tables = new Tables(shared.context.options);
    this.publisher = new Publisher(namespace, tables, {
      shared,
      devices,
      nsids: this.#nsids,
      reread: (ifindex) => this.#reread(ifindex),
      signal: this.#closing.signal,
    });
    this.#inquiries = new Inquiries(
      sockets,
      () => this.publisher.tables,
      (news) => this.#publish(news),
      shared,
    );
    this.#patience = new Patience(
      shared.context.options.settleMs,
      (news) => {
        if (!this.#isHolding) this.publisher.publish(news);
      },
      shared.fail,
    );
    events.onBatch((batch, overrun) => this.#hear(batch, overrun));
    monitor?.onBatch((batch) => this.#hearMonitor(batch));
  }

  /** Rejects with an Error that has a `code` when the namespace cannot be entered. */
  static async open(namespace: Namespace, shared: Shared): Promise<Watch> {
    const { door, host, options } = shared.context;
    const netns = namespace.nodeId === host.id ? undefined : namespace.path;
    const { receiveBufferBytes } = options;
    const sockets = await openSockets(door, netns, { receiveBufferBytes, monitor: shared.monitor });
    return new Watch(namespace, shared, sockets);
  }

  /** What is known of this namespace is in the graph when it resolves. */
  async begin(): Promise<void> {
    this.publisher.adopt();
    this.#isReading = true;
    try {
      await this.#readEverything();
    } finally {
      this.#isReading = false;
    }
    if (this.#isMissed) this.#missed();
  }

  async readCounters(): Promise<void> {
    const changes = await this.#counters.read(this.#sockets.conversation, (ifindex) =>
      this.publisher.published(ifindex),
    );
    if (changes.length > 0 && !this.#closing.signal.aborted) this.#shared.context.graph.apply(changes);
  }

  /** Another namespace came: it may be one that links here point to. */
  namespaceAdded(): void {
    this.#nsids.search();
  }

  namespaceRemoved(nodeId: string): void {
    const nsid = this.#nsids.forget(nodeId);
    if (nsid !== undefined) this.#publish(this.publisher.across(nsid));
  }

  /** Idempotent. Lets go of the namespace at once: open sockets keep it alive. */
  close(): void {
    this.#closing.abort();
    this.#sockets.close();
    this.#inquiries.cancel();
    this.#patience.cancel();
  }

  #hear(batch: Uint8Array, overrun: boolean): void {
    if (overrun) {
      this.#shared.context.count('overruns');
      this.#missed();
    }
    const news = this.#mark ? this.#mark.after(batch) : batch;
    if (!news) return;
    this.#mark = undefined;
    this.#queue.push(news);
    this.#queueBytes += news.length;
    if (this.#queueBytes > QUEUE_MAX_BYTES) this.#missed();
    if (this.#isHolding || this.#isDraining) return;
    if (!this.#shared.slices.isSpent) this.#publishQueue();
    if (this.#queue.length === 0) return;
    this.#isDraining = true;
    this.#drain().catch(this.#shared.fail);
  }

  /** Under pressure: what has come meanwhile is told together. */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isHolding && !this.#closing.signal.aborted) {
      await this.#shared.slices.breathe();
      if (!this.#isHolding) this.#publishQueue();
    }
    this.#isDraining = false;
  }

  #publishQueue(): void {
    const news = new News();
    for (let left = TOGETHER; left > 0; ) {
      const batch = this.#queue.shift();
      if (!batch) break;
      const { heard, rest } = this.#read(batch, news, left);
      left -= heard;
      this.#queueBytes -= batch.length - rest.length;
      if (rest.length > 0) this.#queue.unshift(rest);
    }
    this.#publish(news);
  }

  /** The first messages of a batch, and what is left of it. */
  #read(batch: Uint8Array, news: News, most = Number.POSITIVE_INFINITY): { heard: number; rest: Uint8Array } {
    const own = this.#sockets.events.portId;
    let heard = 0;
    for (const { type, flags, portId, bytes, payload } of messages(batch)) {
      if (heard === most) return { heard, rest: batch.subarray(bytes.byteOffset - batch.byteOffset) };
      this.publisher.tables.hear({ type, flags, body: payload, isAnswer: portId === own }, news);
      heard++;
    }
    return { heard: Math.max(heard, 1), rest: batch.subarray(batch.length) };
  }

  #hearMonitor(batch: Uint8Array): void {
    const news = new News();
    for (const { type, payload } of messages(batch)) {
      const ifindex = type === this.#shared.monitor?.family ? changedDevice(payload) : undefined;
      if (ifindex === undefined || !this.publisher.tables.links.has(ifindex)) continue;
      news.devices.add(ifindex);
      news.touched.add(ifindex);
    }
    this.#publish(news);
  }

  /** Everything that follows from some news; nothing while everything is read anew. */
  #publish(news: News): void {
    if (this.#isHolding || this.#closing.signal.aborted) return;
    this.#patience.take(news, this.publisher.tables);
    this.#leaveRest(news);
    this.publisher.publish(news);
    this.#follow(news);
    this.#countHidden();
  }

  /** Of a burst, what is gone is said at once, and what is there some at a time: it is described as it is then. */
  #leaveRest(news: News): void {
    if (news.touched.size <= BURST) return;
    const rest = [...news.touched].slice(BURST);
    const devices = new Set(rest.filter((ifindex) => news.devices.delete(ifindex)));
    const modes = new Set(rest.filter((ifindex) => news.modes.delete(ifindex)));
    for (const ifindex of rest) news.touched.delete(ifindex);
    this.#describeAll(rest, devices, modes).catch(this.#shared.fail);
  }

  /** What is to be asked because of some news. */
  #follow(news: News): void {
    if (this.#closing.signal.aborted) return;
    for (const nsid of news.nsids) this.#nsids.changed(nsid);
    this.#inquiries.ask(news);
  }

  #reread(ifindex: number): void {
    const news = new News();
    news.links.add(ifindex);
    this.#inquiries.ask(news);
  }

  /** Something was lost: everything is read again, once what is being read is read. */
  #missed(): void {
    this.#isMissed = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#readAgain().catch(this.#shared.fail);
  }

  /** Until nothing was lost while it was read. */
  async #readAgain(): Promise<void> {
    const { signal } = this.#closing;
    let waitMs = RESYNC_FIRST_MS;
    do {
      this.#isMissed = false;
      this.#shared.context.count('resyncs');
      try {
        await this.#catchUp();
        this.#nsids.doubtAll();
        await this.#readEverything();
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        // Nobody is told of what came meanwhile before it was read once.
        this.#isMissed = true;
      }
      if (!this.#isMissed) break;
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, RESYNC_MAX_MS);
    } while (!signal.aborted);
    this.#isReading = false;
  }

  /**
   * The kernel reports an overrun first, and then still hands out what it had kept from before it: news that may have
   * been contradicted by those that were dropped. They are passed over: what is read next is newer than all of them.
   */
  async #catchUp(): Promise<void> {
    this.#isHolding = true;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#queue = [];
      this.#queueBytes = 0;
      const mark = new Mark(this.#sockets.events);
      this.#mark = mark;
      if (await mark.isPassed(signal)) return;
    }
  }

  async #readEverything(): Promise<void> {
    this.#isHolding = true;
    this.#inquiries.cancel();
    const { publisher } = this;
    const tables = new Tables(this.#shared.context.options);
    const { areLinksSure } = await readAll(this.#sockets.conversation, tables, this.#shared.slices);
    const kept = new Set<number>();
    if (!areLinksSure)
      for (const ifindex of publisher.missingFrom(tables))
        if (await this.#inquiries.hasLink(ifindex)) kept.add(ifindex);
    // Names of namespaces are part of what is told: told once, not after.
    for (const { parentNsid } of tables.links.values()) if (parentNsid !== undefined) this.#nsids.find(parentNsid);
    await this.#nsids.idle();
    if (this.#closing.signal.aborted) return;
    // From here to the first word to the graph nothing may come between: what is gone must be said before what comes.
    const news = publisher.take(tables, kept);
    const heard = new News();
    for (const batch of this.#queue) this.#read(batch, heard);
    this.#queue = [];
    this.#queueBytes = 0;
    this.#isHolding = false;
    for (const ifindex of [...heard.gone, ...heard.recreated]) news.gone.add(ifindex);
    await this.#publishAll(news);
    this.#follow(heard);
    this.#hidden = { routesNotShown: 0, neighboursNotShown: 0 };
    this.#countHidden();
  }

  /** What is gone first, then everything there is. */
  async #publishAll({ gone }: News): Promise<void> {
    const first = new News();
    for (const ifindex of gone) first.gone.add(ifindex);
    first.isNamespaceTouched = true;
    this.publisher.publish(first);
    const { links } = this.publisher.tables;
    await this.#describeAll([...links.keys()], links, NONE);
  }

  /** Some at a time, so that everything else goes on; the devices of the next are asked while some are described. */
  async #describeAll(ifindexes: readonly number[], devices: Some, modes: Some): Promise<void> {
    const { slices } = this.#shared;
    let described: Promise<void> | undefined;
    for (let at = 0; at < ifindexes.length; at += CHUNK) {
      await slices.breathe();
      if (this.#closing.signal.aborted) return;
      const chunk = new News();
      for (const ifindex of ifindexes.slice(at, at + CHUNK)) {
        chunk.touched.add(ifindex);
        if (devices.has(ifindex)) chunk.devices.add(ifindex);
        if (modes.has(ifindex)) chunk.modes.add(ifindex);
      }
      const next = this.publisher.publishWhole(chunk);
      await described;
      described = next;
    }
    await described;
  }

  #countHidden(): void {
    const { count } = this.#shared.context;
    const { routes, neighbours, forwarding } = this.publisher.tables;
    const hidden = { routesNotShown: routes.hidden, neighboursNotShown: neighbours.hidden + forwarding.hidden };
    for (const name of ['routesNotShown', 'neighboursNotShown'] as const)
      if (hidden[name] > this.#hidden[name]) count(name, hidden[name] - this.#hidden[name]);
    this.#hidden = hidden;
  }
}

interface Some {
  has(ifindex: number): boolean;
}

const NONE: Some = new Set<number>();
