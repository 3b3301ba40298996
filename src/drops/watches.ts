/** Everybody's watches of drops, on one program in the kernel: attached while there is one, and a little longer. */
import type { DroppedRecords, DropsDoor, NativeDrops } from '../native/drops.ts';
import type { Clock } from '../std/clock.ts';
import { mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import { DROPS_KEPT, type Drop, type DropsQuestion, type DropsWatch, WATCHES_MAX, type WatchDrops } from './drops.ts';
import { type Addressed, isOf, keysOf, type Watched, watchedOf } from './matching.ts';
import { reasonOf } from './reasons.ts';
import { RECORD_BYTES, readDrops } from './record.ts';

/** The next watch often comes soon: checks run one after the other. */
const LINGER_MS = 5_000;
/** Drops of one delivery that are looked at, ten of them a second at most; further ones are counted as lost. */
export const TAKEN_MAX = 2_048;
/** Functions of the kernel that were named; there are some hundreds that drop. */
const SYMBOLS_MAX = 4_096;

export interface DropsParts {
  readonly door: DropsDoor;
  readonly host: string;
  /** Cookie of the namespace that we run in; 0n: the kernel has none. */
  readonly ownCookie: bigint;
  readonly clock: Clock;
}

export interface DropsStats {
  readonly watches: number;
  /** Told to at least one watch. */
  readonly drops: number;
  /** That found no room in the kernel's buffer, or no time here, since the program was attached. */
  readonly lost: number;
}

export class Drops implements AsyncDisposable {
  readonly #parts: DropsParts;
  readonly #watches = new Set<Watch>();
  readonly #byKey = new Map<string, Set<Watch>>();
  readonly #everybody = new Set<Watch>();
  readonly #symbols = new Map<bigint, string>();
  #opening: Promise<NativeDrops> | undefined;
  #native: NativeDrops | undefined;
  #lingering: (() => void) | undefined;
  #drops = 0;
  #lost = 0;
  #passedOver = 0;

  constructor(parts: DropsParts) {
    this.#parts = parts;
  }

  stats(): DropsStats {
    return { watches: this.#watches.size, drops: this.#drops, lost: this.#lost };
  }

  readonly watch: WatchDrops = async (question) => {
    const watched = question.packets?.map(watchedOf);
    if (this.#watches.size >= WATCHES_MAX)
      throw mistake('drops.busy', `drops are watched ${WATCHES_MAX} times already`, 'end one of them');
    const watch = new Watch(question, watched, {
      settled: () => this.#settled(),
      lost: () => this.#lost,
      closed: (its) => this.#leave(its),
    });
    // It counts from now on: what is attached stays so.
    this.#watches.add(watch);
    this.#lingering?.();
    this.#lingering = undefined;
    try {
      const native = await this.#attached();
      this.#enter(watch, native);
      return watch;
    } catch (error) {
      this.#leave(watch);
      throw error;
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of [...this.#watches]) await watch[Symbol.asyncDispose]();
    this.#lingering?.();
    this.#close();
  }

  async #attached(): Promise<NativeDrops> {
    this.#opening ??= this.#parts.door.openDrops((dropped) => this.#take(dropped));
    try {
      const native = await this.#opening;
      this.#native = native;
      return native;
    } catch (error) {
      this.#opening = undefined;
      throw understood(error);
    }
  }

  #enter(watch: Watch, native: NativeDrops): void {
    watch.begin(this.#lost);
    if (!watch.watched) {
      this.#everybody.add(watch);
      native.wantAll(true);
      return;
    }
    for (const { key, who } of watch.watched) {
      const others = this.#byKey.get(key);
      if (!others) native.want(who);
      this.#byKey.set(key, (others ?? new Set()).add(watch));
    }
  }

  #leave(watch: Watch): void {
    if (!this.#watches.delete(watch)) return;
    if (this.#everybody.delete(watch) && this.#everybody.size === 0) this.#native?.wantAll(false);
    for (const { key, who } of watch.watched ?? []) {
      const others = this.#byKey.get(key);
      if (!others?.delete(watch) || others.size > 0) continue;
      this.#byKey.delete(key);
      this.#native?.unwant(who);
    }
    if (this.#watches.size === 0) this.#lingering = this.#parts.clock.after(LINGER_MS, () => this.#close());
  }

  #close(): void {
    this.#native?.close();
    this.#native = undefined;
    this.#opening = undefined;
    this.#symbols.clear();
    this.#lost = 0;
    this.#passedOver = 0;
  }

  #take({ records, lost }: DroppedRecords): void {
    const taken = records.subarray(0, TAKEN_MAX * RECORD_BYTES);
    this.#passedOver += Math.floor((records.length - taken.length) / RECORD_BYTES);
    this.#lost = lost + this.#passedOver;
    const native = this.#native;
    if (!native) return;
    const meanings = {
      host: this.#parts.host,
      reason: (number: number) => reasonOf(number, native.reasons),
      symbol: (location: bigint) => this.#symbol(location, native),
    };
    for (const { drop, from, to } of readDrops(taken, meanings)) {
      if (isNoLoss(drop)) continue;
      const own = this.#parts.ownCookie;
      const told = own !== 0n && drop.cookie === `${own}` ? { ...drop, isOwn: true } : drop;
      let isTold = false;
      for (const watch of this.#watching(from, to)) isTold = watch.take({ drop: told, from, to }) || isTold;
      if (isTold) this.#drops++;
    }
  }

  #watching(from: string, to: string): Set<Watch> {
    const found = new Set(this.#everybody);
    for (const key of keysOf(from, to)) for (const watch of this.#byKey.get(key) ?? []) found.add(watch);
    return found;
  }

  #symbol(location: bigint, native: NativeDrops): string {
    const known = this.#symbols.get(location);
    if (known !== undefined) return known;
    const found = native.symbol(location);
    if (this.#symbols.size < SYMBOLS_MAX) this.#symbols.set(location, found);
    return found;
  }

  async #settled(): Promise<void> {
    if (!this.#native) return;
    this.#take(this.#native.read());
    // What was read before that is on its way: the event loop has to turn for it.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

interface WatchParts {
  readonly settled: () => Promise<void>;
  readonly lost: () => number;
  readonly closed: (watch: Watch) => void;
}

class Watch implements DropsWatch {
  readonly watched: readonly Watched[] | undefined;
  readonly #namespaces: ReadonlySet<string> | undefined;
  readonly #most: number;
  readonly #parts: WatchParts;
  readonly #listeners = new Set<(drop: Drop) => void>();
  #drops: Drop[] = [];
  #isSorted = true;
  #unkept = 0;
  #lostBefore = 0;
  #lostUntil: number | undefined;

  constructor(question: DropsQuestion, watched: readonly Watched[] | undefined, parts: WatchParts) {
    this.watched = watched;
    this.#namespaces = question.namespaces && new Set(question.namespaces);
    this.#most = Math.min(question.most ?? DROPS_KEPT, DROPS_KEPT);
    this.#parts = parts;
  }

  begin(lostBefore: number): void {
    this.#lostBefore = lostBefore;
  }

  /** Whether it is one of those that are watched. */
  take(addressed: Addressed): boolean {
    const { drop } = addressed;
    if (this.#namespaces && !(drop.cookie !== undefined && this.#namespaces.has(drop.cookie))) return false;
    if (this.watched && !this.watched.some((watched) => isOf(addressed, watched))) return false;
    if (this.#drops.length < this.#most) {
      this.#isSorted &&= (this.#drops.at(-1)?.timeMs ?? 0) <= drop.timeMs;
      this.#drops.push(drop);
    } else if (this.#most > 0) this.#unkept++;
    for (const listener of this.#listeners) listener(drop);
    return true;
  }

  drops(): readonly Drop[] {
    if (!this.#isSorted) this.#drops = this.#drops.toSorted(byTime);
    this.#isSorted = true;
    return this.#drops;
  }

  lost(): number {
    return this.#unkept + Math.max(0, (this.#lostUntil ?? this.#parts.lost()) - this.#lostBefore);
  }

  settled(): Promise<void> {
    return this.#parts.settled();
  }

  trouble(): undefined {}

  listen(listener: (drop: Drop) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lostUntil ??= this.#parts.lost();
    this.#listeners.clear();
    this.#parts.closed(this);
  }
}

function byTime(a: Drop, b: Drop): number {
  return a.timeMs - b.timeMs;
}

const ECHO_REPLIES = [0, 129];

/** A ping of root hears the answer by a raw socket, which has a copy of its own; that no other one waits is no loss. */
function isNoLoss({ reason, tuple }: Drop): boolean {
  return reason === 'NO_SOCKET' && tuple.icmp !== undefined && ECHO_REPLIES.includes(tuple.icmp.type);
}

/** What the door refuses, as what its reader can do about it. */
function understood(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  const what = 'dropped packets cannot be watched';
  if (code === 'EPERM' || code === 'EACCES') return new Unavailable(what, 'CAP_BPF and CAP_PERFMON', { cause: error });
  if (code === undefined) return error;
  return new Unavailable(what, `more of the kernel (${message})`, { cause: error });
}
