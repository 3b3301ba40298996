/** Facts on disk, in segments: each has the picture of its beginning, so that the newest alone tells an agent what it told. */
import type { Facts, Lost } from '../message.ts';
import { MESSAGE_BYTES_MAX } from '../wire/bounds.ts';
import { encodeFacts } from '../wire/facts.ts';
import { type Found, find, type Segment } from './found.ts';
import { Reading } from './reading.ts';
import { Shelf } from './shelf.ts';
import type { Spool, SpooledBatch, SpoolOptions, SpoolStatus } from './spool.ts';
import { addLost, thin } from './thin.ts';
import { Writing } from './writing.ts';

/**
 * Locks the folder and reads what is there. Throws a Mistake when another process has it, and what node:fs throws when
 * the folder cannot be used at all.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const lock = options.disk.lock();
  try {
    return new FileSpool(options, find(options.disk, options.log), lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** A loss of power takes no more than what was told in this time. */
const SYNC_EVERY_MS = 1000;
const BYTES_MAX = 256 << 20;

class FileSpool implements Spool {
  readonly #options: SpoolOptions;
  readonly #bytesMax: number;
  readonly #lock: Disposable;
  readonly #shelf: Shelf;
  readonly #writing: Writing;
  readonly #reading: Reading;
  #acknowledged: number;
  #restored: Found | undefined;
  #cancelSync: (() => void) | undefined;
  #isClosed = false;
  /** Revisions have leapt: from where, has to be durable before anything else is told. */
  #mustSync: boolean;
  readonly id: string;
  #next: number;
  /** The last batch that was written; 0 where this spool's name begins. */
  #after: number;

  constructor(options: SpoolOptions, found: Found, lock: Disposable) {
    const { disk, log, picture, maxBytes = BYTES_MAX } = options;
    const id = found.id ?? options.uuid();
    const shelf = new Shelf(disk, log, found);
    const writing = new Writing({ shelf, id, maxBytes, picture });
    this.#options = options;
    this.#bytesMax = maxBytes;
    this.#lock = lock;
    this.#shelf = shelf;
    this.#writing = writing;
    this.#reading = new Reading({ shelf, id, onDamage: () => writing.rotate() });
    this.#restored = found;
    this.#next = found.next;
    this.#after = found.id === undefined && found.segments.length === 0 ? 0 : found.last;
    this.#acknowledged = (found.segments[0]?.first ?? found.next) - 1;
    this.#mustSync = found.id === undefined && found.elements.length > 0;
    this.id = id;
  }

  get next(): number {
    return this.#next;
  }

  get first(): number {
    return Math.min(this.#next, Math.max(this.#acknowledged + 1, this.#shelf.segments[0]?.first ?? this.#next));
  }

  get needsWholeGraph(): boolean {
    return this.#shelf.isMissing;
  }

  restored() {
    const { elements = [], lastTime = 0 } = this.#restored ?? {};
    this.#restored = undefined;
    return { elements, lastTime };
  }

  append(facts: Facts): number {
    if (this.#isClosed) throw new Error('append to a spool that is closed');
    const shelf = this.#shelf;
    const seq = this.#next++;
    const since = shelf.lastTime;
    shelf.lastTime = Math.max(since, facts.time);
    const told = shelf.untold;
    let lost: readonly Lost[] = [];
    let bytes = encodeFacts({ ...facts, lost: addLost(facts.lost, told) });
    const most = Math.min(MESSAGE_BYTES_MAX - 1024, this.#bytesMax / 4);
    for (const stage of [1, 2] as const) {
      if (bytes.length <= most) break;
      const thinned = thin(bytes, stage, since);
      lost = addLost(lost, thinned.lost);
      bytes = thinned.bytes;
    }
    // What is lost while room is made for it, and cannot be noted, goes with the batch after it.
    shelf.untold = [];
    if (bytes.length <= most && this.#writing.append(seq, this.#after, bytes)) {
      this.#after = seq;
      shelf.count(lost);
      if (facts.isWholeGraph) shelf.isMissing = false;
      if (this.#mustSync) this.#writing.leave();
      this.#mustSync = false;
      this.#syncSoon();
      return seq;
    }
    // Not even its smallest form found room: the next batch says so.
    lost = addLost(lost, thin(bytes, 3, since).lost);
    shelf.count(lost);
    shelf.tell(addLost(told, addLost(facts.lost, lost)));
    shelf.isMissing = true;
    this.#writing.markIncomplete();
    return seq;
  }

  read(from: number, maxBytes: number): readonly SpooledBatch[] {
    return this.#reading.read({ from, to: this.#next, maxBytes });
  }

  acknowledge(upTo: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(upTo, this.#next - 1));
    this.#free();
  }

  status(): SpoolStatus {
    const { segments, lost, damaged, fault } = this.#shelf;
    return {
      id: this.id,
      first: this.first,
      next: this.#next,
      bytes: this.#writing.bytes,
      bytesMax: this.#bytesMax,
      reserveBytes: this.#writing.reserveBytes,
      segments: segments.length,
      lost: { ...lost },
      damaged,
      syncFailures: this.#writing.syncFailures,
      ...(fault !== undefined && { fault }),
    };
  }

  async sync(): Promise<void> {
    this.#cancelSync?.();
    this.#cancelSync = undefined;
    if (!(await this.#writing.sync())) return;
    if (!this.#isClosed && !this.#writing.isSynced && this.#writing.isOpen) this.#syncSoon();
    this.#free();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelSync?.();
    this.#writing.end(this.#next - 1);
    this.#lock[Symbol.dispose]();
  }

  /** Segments of which all is kept elsewhere go, once the newest picture is durable. */
  #free(): void {
    const { segments } = this.#shelf;
    if (!this.#writing.isSynced) return;
    while (segments.length > 1 && (segments[1] as Segment).first <= this.#acknowledged + 1)
      this.#shelf.remove(segments[0] as Segment);
  }

  #syncSoon(): void {
    this.#cancelSync ??= this.#options.clock.after(SYNC_EVERY_MS, () => {
      this.#cancelSync = undefined;
      void this.sync();
    });
  }
}
