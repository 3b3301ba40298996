/** Injections as objects: made, run on the host of their source, kept for a while when they are over. */
import type { Clock } from '../std/clock.ts';
import { Mistake, mistake } from '../std/mistake.ts';
import { pause, settlesWithin } from '../std/pause.ts';
import { Unavailable } from '../std/unavailable.ts';
import { BoundCounts, type BoundsMet, type MeetBound } from './bounds.ts';
import type { Injection, InjectionAsked, Injections } from './injection.ts';
import type { InjectionLimits } from './limits.ts';
import { type Losses, WATCHING_MS, type WatchLosses } from './losses.ts';
import type { Order, Progress } from './order.ts';
import { checkAsked, startOf } from './plan/checked.ts';
import type { Plan } from './plan/plan.ts';

export interface BookParts {
  /** Rejects with a Mistake. */
  readonly plan: (asked: InjectionAsked, uuid: string, met: MeetBound) => Promise<Plan>;
  /** Runs it on the host whose elements have this origin. Rejects with Unavailable. */
  readonly run: (origin: string, order: Order, signal: AbortSignal) => AsyncIterable<Progress>;
  /** Left out: what is dropped is not told. */
  readonly losses?: WatchLosses;
  /** It is not to be spoken of at its node any more. */
  readonly forget: (origin: string, uuid: string) => void;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: InjectionLimits;
}

/** Totals since the start. */
export interface InjectionCounts {
  readonly running: number;
  readonly kept: number;
  readonly made: number;
  readonly refused: number;
  readonly failed: number;
  readonly packets: number;
  readonly bytes: number;
  readonly answers: number;
}

type Entry = {
  told: Injection;
  readonly origin: string;
  readonly bounds: BoundCounts;
  /** What its host said last. */
  hostMet: BoundsMet;
  readonly stopping: AbortController;
  readonly over: Promise<void>;
};

export class InjectionBook implements Injections, AsyncDisposable {
  readonly #parts: BookParts;
  /** In the order they were made. */
  readonly #entries = new Map<string, Entry>();
  readonly #bounds = new BoundCounts();
  #creating = 0;
  #totals = { made: 0, refused: 0, failed: 0, packets: 0, bytes: 0, answers: 0 };

  constructor(parts: BookParts) {
    this.#parts = parts;
  }

  async create(asked: InjectionAsked): Promise<Injection> {
    const { clock, limits, newId, plan } = this.#parts;
    this.#creating++;
    try {
      if (this.#running() + this.#creating > limits.running) {
        this.#bounds.met('running');
        throw mistake('injection.many', `${this.#running()} injections run already`, 'wait for one, or delete one');
      }
      checkAsked(asked, limits, this.#bounds.met);
      const uuid = newId();
      const bounds = new BoundCounts(this.#bounds.met);
      const planned = await plan(asked, uuid, bounds.met);
      const told: Injection = {
        ...withoutPcap(asked),
        UUID: uuid,
        State: 'pending',
        Packet: planned.packet,
        TrackingIDs: planned.trackingIds,
        L3TrackingIDs: planned.trackingIds,
        Sent: 0,
        SentBytes: 0,
        Replies: { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0, Errors: [] },
        ...boundsTold(bounds),
        CreatedAt: clock.now(),
      };
      const { promise: over, resolve } = Promise.withResolvers<void>();
      const stopping = new AbortController();
      const entry: Entry = { told, origin: planned.origin, bounds, hostMet: {}, stopping, over };
      this.#entries.set(uuid, entry);
      this.#totals.made++;
      void this.#run(entry, planned.order, startOf(asked.StartTime ?? 0) ?? 0).finally(resolve);
      return told;
    } catch (error) {
      if (error instanceof Mistake || error instanceof Unavailable) this.#totals.refused++;
      throw error;
    } finally {
      this.#creating--;
    }
  }

  list(): readonly Injection[] {
    this.#tidy();
    return [...this.#entries.values()].map(({ told }) => told);
  }

  get(uuid: string): Injection | undefined {
    return this.#entries.get(uuid)?.told;
  }

  async remove(uuid: string): Promise<boolean> {
    const entry = this.#entries.get(uuid);
    if (!entry) return false;
    this.#entries.delete(uuid);
    entry.stopping.abort();
    await entry.over;
    this.#parts.forget(entry.origin, uuid);
    return true;
  }

  async done(uuid: string, signal?: AbortSignal): Promise<Injection | undefined> {
    const entry = this.#entries.get(uuid);
    if (!entry) return undefined;
    if (signal === undefined) await entry.over;
    else {
      signal.throwIfAborted();
      const { promise, reject } = Promise.withResolvers<never>();
      const stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        await Promise.race([entry.over, promise]);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    }
    return this.#entries.get(uuid)?.told;
  }

  /** As status tells it. */
  status() {
    const { answers, bytes, failed, kept, made, packets, refused, running } = this.counts();
    return {
      Running: running,
      Kept: kept,
      Made: made,
      Refused: refused,
      Failed: failed,
      Packets: packets,
      Bytes: bytes,
      Answers: answers,
      Bounds: this.#bounds.all(),
    };
  }

  counts(): InjectionCounts {
    const running = this.#running();
    return { ...this.#totals, running, kept: this.#entries.size - running };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#entries.values()];
    for (const { stopping } of all) stopping.abort();
    await Promise.all(all.map(({ over }) => over));
  }

  /** Never rejects. */
  async #run(entry: Entry, order: Order, startMs: number): Promise<void> {
    const { clock, run } = this.#parts;
    const { signal } = entry.stopping;
    const say = (more: Partial<Injection>) => {
      entry.told = { ...entry.told, ...more };
    };
    try {
      for (let left = startMs - clock.now(); left > 0 && !signal.aborted; left = startMs - clock.now())
        await pause(clock, Math.min(left, TIMER_MS_MAX), signal);
      let last: Progress | undefined;
      if (!signal.aborted) {
        await using losses = entry.told.Drops === true ? await this.#losses(order, entry) : undefined;
        say({ State: 'running', StartedAt: clock.now() });
        for await (const progress of run(entry.origin, order, signal)) {
          this.#count(entry, progress);
          last = progress;
          say({ ...toldOf(entry.told, progress), ...boundsTold(entry.bounds) });
        }
        const { Sent, Replies } = entry.told;
        if (losses) say({ Dropped: await losses.told(signal.aborted || (Sent > 0 && Replies.Received >= Sent)) });
      }
      if (signal.aborted) say({ State: 'stopped' });
      else if (last?.state !== 'completed' && last?.state !== 'failed')
        say({ State: 'failed', Error: 'its host has stopped' });
    } catch (error) {
      if (signal.aborted) say({ State: 'stopped' });
      else say({ State: 'failed', Error: (error as Error).message });
    }
    if (entry.told.State === 'failed') this.#totals.failed++;
    say({ ...boundsTold(entry.bounds), EndedAt: clock.now() });
    this.#tidy();
  }

  /** Undefined where the kernels do not tell, or not in time. */
  async #losses({ what }: Order, { bounds, told }: Entry): Promise<Losses | undefined> {
    const { clock, losses } = this.#parts;
    if (losses === undefined || what.kind !== 'packets') return undefined;
    let isLate = false;
    const opening = losses(what, told.Packet, bounds.met)
      .then(async (its) => {
        if (!isLate) return its;
        await its[Symbol.asyncDispose]();
        return undefined;
      })
      .catch(() => undefined);
    isLate = !(await settlesWithin(clock, WATCHING_MS, opening));
    if (isLate) bounds.met('drops-for-long');
    return isLate ? undefined : opening;
  }

  #count(entry: Entry, { sent, sentBytes, replies, bounds }: Progress): void {
    const { Sent, SentBytes, Replies } = entry.told;
    this.#totals.packets += sent - Sent;
    this.#totals.bytes += sentBytes - SentBytes;
    this.#totals.answers += replies.Received - Replies.Received;
    if (bounds === undefined) return;
    entry.bounds.rise(entry.hostMet, bounds);
    entry.hostMet = bounds;
  }

  #running(): number {
    let count = 0;
    for (const { told } of this.#entries.values()) if (told.EndedAt === undefined) count++;
    return count;
  }

  /** Those that are over longest go. */
  #tidy(): void {
    const { clock, forget, limits } = this.#parts;
    const over = [...this.#entries].filter(([, { told }]) => told.EndedAt !== undefined);
    const tooMany = over.length - limits.kept;
    for (const [index, [uuid, { told, origin }]] of over.entries()) {
      const isOld = clock.now() - (told.EndedAt ?? 0) >= limits.keptMs;
      if (index >= tooMany && !isOld) continue;
      if (!isOld) this.#bounds.met('kept');
      this.#entries.delete(uuid);
      forget(origin, uuid);
    }
  }
}

/** What a timer can wait for at most (2^31 ms) is less than a month. */
const TIMER_MS_MAX = 86_400_000;

/** A trace is not shown again: it may be large. */
function withoutPcap({ Pcap, ...asked }: InjectionAsked): InjectionAsked {
  return asked;
}

function boundsTold(bounds: BoundCounts): Pick<Injection, 'Bounds'> {
  const Bounds = bounds.told();
  return Bounds === undefined ? {} : { Bounds };
}

function toldOf({ Packet }: Injection, progress: Progress): Partial<Injection> {
  const { state, sent, sentBytes, replies, destinationMac, error } = progress;
  return {
    State: state,
    Sent: sent,
    SentBytes: sentBytes,
    Replies: replies,
    ...(destinationMac !== undefined && { Packet: { ...Packet, DstMAC: destinationMac } }),
    ...(error !== undefined && { Error: error }),
  };
}
