/** Facts on disk, in segments: each has the picture of its beginning, so that the newest alone tells an agent what it told. */
import type { Told } from '../../graph/told.ts';
import type { Facts, Lost } from '../message.ts';
import { MESSAGE_BYTES_MAX } from '../wire/bounds.ts';
import { decodeFacts, encodeFacts } from '../wire/facts.ts';
import type { Disk } from './disk.ts';
import { codeOf, SegmentFile } from './files.ts';
import { type Found, find, type Segment } from './found.ts';
import { FRAME, frameOf, readFrame } from './frame.ts';
import { MARK, PREAMBLE, type SegmentStart, segmentName, segmentStart } from './segment.ts';
import type { Spool, SpooledBatch, SpoolOptions, SpoolStatus } from './spool.ts';
import { addLost, type Stage, thin } from './thin.ts';

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
/** Of all, a segment has so many parts: what is dropped at once, and what a start has to read. */
const SEGMENTS = 32;
/** The picture takes no more than a third of what is written. */
const PICTURE_SHARE = 2;
const TOLD_PER_FRAME = 1000;
const CHUNK = 256 << 10;

class FileSpool implements Spool {
  readonly #options: SpoolOptions;
  readonly #bytesMax: number;
  readonly #segmentBytes: number;
  readonly #lock: Disposable;
  readonly #segments: Segment[];
  readonly #lost = { graph: 0, samples: 0, flows: 0, rawPackets: 0, sockets: 0 };
  /** To be told with the next batch. */
  #untold: readonly Lost[] = [];
  #file: SegmentFile | undefined;
  /** Of batches in the current segment, and of its picture. */
  #batchBytes = 0;
  #pictureBytes = 0;
  #acknowledged: number;
  #lastTime: number;
  #restored: Found | undefined;
  #cursor: { name: string; at: number; next: number; after: number } | undefined;
  #damaged: number;
  #syncFailures = 0;
  #fault: string | undefined;
  #cancelSync: (() => void) | undefined;
  #mustRotate = false;
  #isClosed = false;
  #whole: boolean;
  readonly id: string;
  #next: number;
  /** The last batch that was written; 0 where this spool's name begins. */
  #after: number;

  constructor(options: SpoolOptions, found: Found, lock: Disposable) {
    this.#options = options;
    this.#bytesMax = options.maxBytes ?? BYTES_MAX;
    this.#segmentBytes = Math.ceil(this.#bytesMax / SEGMENTS);
    this.#lock = lock;
    this.#segments = found.segments;
    this.#restored = found;
    this.#lastTime = found.lastTime;
    this.#next = found.next;
    this.#after = found.id === undefined && found.segments.length === 0 ? 0 : found.last;
    this.#acknowledged = (found.segments[0]?.first ?? found.next) - 1;
    this.#damaged = found.damaged;
    this.#whole = found.id === undefined || found.segments.some(({ isHole }) => isHole);
    this.id = found.id ?? options.uuid();
  }

  get next(): number {
    return this.#next;
  }

  get first(): number {
    return Math.min(this.#next, Math.max(this.#acknowledged + 1, this.#segments[0]?.first ?? this.#next));
  }

  get needsWholeGraph(): boolean {
    return this.#whole;
  }

  restored() {
    const { elements = [], lastTime = 0 } = this.#restored ?? {};
    this.#restored = undefined;
    return { elements, lastTime };
  }

  append(facts: Facts): number {
    if (this.#isClosed) throw new Error('append to a spool that is closed');
    const seq = this.#next++;
    const since = this.#lastTime;
    this.#lastTime = Math.max(since, facts.time);
    const told = this.#untold;
    const whole = { ...facts, lost: addLost(facts.lost, told) };
    let bytes = encodeFacts(whole);
    const most = Math.min(MESSAGE_BYTES_MAX - 1024, this.#bytesMax / 4);
    for (const stage of [1, 2] as const) {
      if (bytes.length <= most) break;
      const thinned = thin(bytes, stage, since);
      this.#count(thinned.lost);
      bytes = thinned.bytes;
    }
    if (bytes.length <= most && this.#write(seq, bytes)) {
      this.#untold = [];
      this.#after = seq;
      if (facts.isWholeGraph) this.#whole = false;
      this.#syncSoon();
      return seq;
    }
    // Not even its smallest form found room: the next batch says so.
    const { lost } = thin(bytes, 3, since);
    this.#count(lost);
    this.#untold = addLost(told, addLost(facts.lost, lost));
    this.#whole = true;
    this.#markIncomplete();
    return seq;
  }

  read(from: number, maxBytes: number): readonly SpooledBatch[] {
    const batches: SpooledBatch[] = [];
    let left = maxBytes;
    for (const [index, segment] of this.#segments.entries()) {
      const end = this.#segments[index + 1]?.first ?? this.#next;
      if (end <= from) continue;
      for (const batch of this.#batches(segment, from, end)) {
        if (batches.length > 0 && batch.facts.length > left) return batches;
        this.#cursor = { name: segment.name, at: batch.at, next: batch.seq + 1, after: batch.seq };
        batches.push({ seq: batch.seq, after: batch.after, facts: batch.facts });
        left -= batch.facts.length;
        if (left <= 0) return batches;
      }
    }
    return batches;
  }

  acknowledge(upTo: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(upTo, this.#next - 1));
    this.#free();
  }

  status(): SpoolStatus {
    return {
      id: this.id,
      first: this.first,
      next: this.#next,
      bytes: this.#bytes,
      bytesMax: this.#bytesMax,
      segments: this.#segments.length,
      lost: { ...this.#lost },
      damaged: this.#damaged,
      syncFailures: this.#syncFailures,
      ...(this.#fault !== undefined && { fault: this.#fault }),
    };
  }

  async sync(): Promise<void> {
    this.#cancelSync?.();
    this.#cancelSync = undefined;
    const file = this.#file;
    if (!file || file.isSynced) return;
    try {
      await file.sync();
    } catch (error) {
      // It may have been closed meanwhile, durable by then.
      if (file === this.#file) this.#syncFailed(error);
      return;
    }
    if (!file.isSynced) this.#syncSoon();
    this.#free();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelSync?.();
    try {
      this.#file?.append(frameOf({ kind: FRAME.end, seq: this.#next - 1, bytes: new Uint8Array(0) }));
    } catch {
      // Without it the next start looks more closely: nothing is lost.
    }
    this.#leave();
    this.#lock[Symbol.dispose]();
  }

  get #bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get #current(): Segment | undefined {
    return this.#file ? this.#segments.at(-1) : undefined;
  }

  /** Whether it is on the disk. What is oldest makes room for it. */
  #write(seq: number, bytes: Uint8Array): boolean {
    const frame = frameOf({ kind: FRAME.batch, seq, bytes });
    const isFull = this.#batchBytes > Math.max(this.#segmentBytes, PICTURE_SHARE * this.#pictureBytes);
    if (isFull || this.#mustRotate) this.#leave();
    for (;;) {
      const begin = this.#file ? undefined : this.#beginning(seq);
      const need = frame.length + (begin?.length ?? 0);
      if (this.#bytes + need > this.#bytesMax) {
        if (this.#makeRoom()) continue;
        return false;
      }
      try {
        if (begin) this.#begin(seq, begin, frame);
        else this.#append(frame);
        if (this.#fault !== undefined) this.#options.log.info(`spool ${this.#options.disk.name}: takes facts again`);
        this.#fault = undefined;
        return true;
      } catch (error) {
        this.#failed(error);
        if (!FULL.includes(codeOf(error)) || !this.#makeRoom()) return false;
      }
    }
  }

  #append(frame: Uint8Array): void {
    const file = this.#file as SegmentFile;
    try {
      file.append(frame);
    } catch (error) {
      // What was cut off or could not be is behind the good bytes: the next frames go into another file.
      if (!FULL.includes(codeOf(error))) this.#mustRotate = true;
      throw error;
    }
    this.#batchBytes += frame.length;
    (this.#current as Segment).bytes = file.bytes;
  }

  #begin(seq: number, beginning: Uint8Array, frame: Uint8Array): void {
    const { disk } = this.#options;
    const name = segmentName(seq);
    const file = new SegmentFile(disk, name);
    try {
      file.append(beginning);
      file.append(frame);
    } catch (error) {
      file.close();
      removeIf(disk, name);
      throw error;
    }
    this.#file = file;
    this.#mustRotate = false;
    this.#batchBytes = frame.length;
    this.#pictureBytes = beginning.length;
    this.#segments.push({ name, first: seq, bytes: file.bytes, isHole: false, thinned: 0 });
  }

  #beginning(seq: number): Uint8Array {
    const frames: Uint8Array[] = [];
    let graph: Told[] = [];
    const flush = () => {
      const bytes = encodeFacts({ ...NO_FACTS, time: this.#lastTime, graph });
      frames.push(frameOf({ kind: FRAME.picture, seq, bytes }));
      graph = [];
    };
    for (const told of this.#options.picture()) if (graph.push(told) === TOLD_PER_FRAME) flush();
    if (graph.length > 0) flush();
    const start: SegmentStart = {
      spool: this.id,
      boot: this.#options.disk.boot,
      pictures: frames.length,
      after: this.#after,
    };
    return Buffer.concat([
      PREAMBLE,
      frameOf({ kind: FRAME.start, seq, bytes: Buffer.from(JSON.stringify(start)) }),
      ...frames,
    ]);
  }

  /** The current segment is done with: durable, unless the disk says no. */
  #leave(): void {
    const file = this.#file;
    if (!file) return;
    this.#file = undefined;
    this.#mustRotate = false;
    try {
      file.syncNow();
    } catch (error) {
      this.#syncFailed(error);
    }
    file.close();
  }

  /** One step: the least that is left of the oldest. False when there is nothing more to give. */
  #makeRoom(): boolean {
    const old = this.#file ? this.#segments.slice(0, -1) : [...this.#segments];
    for (const stage of [1, 2] as const)
      for (const segment of old) {
        if (segment.isHole || segment.thinned >= stage) continue;
        segment.thinned = stage;
        if (this.#thin(segment, stage)) return true;
      }
    const oldest = old.find(({ isHole }) => !isHole);
    if (oldest) {
      this.#drop(oldest);
      return true;
    }
    if (!this.#file) return false;
    this.#leave();
    return true;
  }

  /** Whether it is smaller now. */
  #thin(segment: Segment, stage: Stage): boolean {
    const { disk } = this.#options;
    const temporary = `${segment.name}.new`;
    const isNewest = segment === this.#segments.at(-1);
    let since = 0;
    let lost: readonly Lost[] = [];
    const parts: Uint8Array[] = [PREAMBLE];
    const whole = disk.read(segment.name, 0, segment.bytes);
    for (let at = PREAMBLE.length; at < whole.length; ) {
      const read = readFrame(whole, at);
      if (read.is !== 'frame') break;
      at += read.length;
      if (read.kind === FRAME.start || (read.kind === FRAME.picture && isNewest)) parts.push(frameOf(read));
      if (read.kind !== FRAME.batch) continue;
      const thinned = thin(read.bytes, stage, since);
      since = thinned.time;
      lost = addLost(lost, thinned.lost);
      parts.push(frameOf({ ...read, bytes: thinned.bytes }));
    }
    const bytes = Buffer.concat(parts);
    if (bytes.length >= segment.bytes) return false;
    try {
      // The picture that goes with it is not the newest only once the newest is durable.
      this.#file?.syncNow();
      this.#replace(temporary, segment.name, bytes);
    } catch (error) {
      this.#failed(error);
      return false;
    }
    if (this.#cursor?.name === segment.name) this.#cursor = undefined;
    segment.bytes = bytes.length;
    this.#count(lost);
    return true;
  }

  /** A whole segment goes; in its place a batch that says what it was. */
  #drop(segment: Segment): void {
    const { disk, log } = this.#options;
    const index = this.#segments.indexOf(segment);
    const hole = this.#segments.slice(0, index).find(({ isHole }) => isHole);
    let { first: last } = segment;
    let after = segment.first - 1;
    let lost: readonly Lost[] = [];
    let told: readonly Lost[] = [];
    let time = 0;
    const whole = disk.read(segment.name, 0, segment.bytes);
    for (let at = PREAMBLE.length; at < whole.length; ) {
      const read = readFrame(whole, at);
      if (read.is !== 'frame') break;
      at += read.length;
      if (read.kind === FRAME.start) after = startOf(read.bytes)?.after ?? after;
      if (read.kind !== FRAME.batch) continue;
      const all = thin(read.bytes, 3, time);
      time = all.time;
      last = read.seq;
      lost = addLost(lost, all.lost);
      told = addLost(told, decodeFacts(all.bytes).lost);
    }
    for (const batch of hole ? this.#batches(hole, 0, Number.POSITIVE_INFINITY) : []) {
      told = addLost(told, decodeFacts(batch.facts).lost);
      after = batch.after;
    }
    if (!this.#whole) log.warn(`spool ${disk.name}: full; batches up to ${last} are dropped, the graph is told anew`);
    this.#count(lost);
    this.#whole = true;
    const name = segmentName(last, true);
    const bytes = holeBytes({ spool: this.id, boot: disk.boot, pictures: 0, after }, last, {
      ...NO_FACTS,
      time,
      lost: told,
    });
    // What is gone makes the room for the note of it: a full disk has no other.
    this.#remove(segment);
    try {
      this.#replace(`${name}.new`, name, bytes);
      if (hole) this.#remove(hole);
      this.#segments.splice(0, 0, { name, first: last, bytes: bytes.length, isHole: true, thinned: 0 });
      this.#segments.sort((a, b) => a.first - b.first);
    } catch (error) {
      this.#failed(error);
      this.#untold = addLost(this.#untold, told);
    }
  }

  #replace(temporary: string, name: string, bytes: Uint8Array): void {
    const { disk } = this.#options;
    const file = new SegmentFile(disk, temporary);
    try {
      file.append(bytes);
      file.syncNow();
    } catch (error) {
      file.close();
      removeIf(disk, temporary);
      throw error;
    }
    file.close();
    disk.rename(temporary, name);
  }

  /** Segments of which all is kept elsewhere, once the newest picture is durable. */
  #free(): void {
    if (!this.#file?.isSynced) return;
    while (this.#segments.length > 1 && (this.#segments[1] as Segment).first <= this.#acknowledged + 1)
      this.#remove(this.#segments[0] as Segment);
  }

  #remove(segment: Segment): void {
    try {
      this.#options.disk.remove(segment.name);
    } catch (error) {
      // It is found again at the next start, and told again: that changes nothing.
      this.#failed(error);
    }
    this.#segments.splice(this.#segments.indexOf(segment), 1);
  }

  /** In one segment, from a number on. Frames that are damaged are passed by. */
  *#batches(segment: Segment, from: number, end: number): Generator<SpooledBatch & { at: number }> {
    const { disk } = this.#options;
    const cursor = this.#cursor;
    const isOn = cursor?.name === segment.name && cursor.next <= from;
    let at = isOn ? cursor.at : PREAMBLE.length;
    let after = isOn ? cursor.after : segment.first - 1;
    let base = at;
    let chunk: Uint8Array = new Uint8Array(0);
    while (at < segment.bytes) {
      const read = readFrame(chunk, at - base);
      if (read.is === 'short') {
        if (at + read.length > segment.bytes) return;
        base = at;
        chunk = disk.read(segment.name, at, Math.min(segment.bytes - at, Math.max(CHUNK, read.length)));
        if (chunk.length < read.length) return;
        continue;
      }
      if (read.is === 'none') {
        this.#passBy(segment, at, true);
        return;
      }
      at += read.length;
      if (read.is === 'damaged') {
        if (read.kind === FRAME.batch && read.seq >= from) this.#passBy(segment, at, false);
      } else if (read.kind === FRAME.start) {
        const start = startOf(read.bytes);
        // What an earlier name of the spool told is not known by this one: it begins here.
        after = start?.spool !== this.id && segment === this.#segments[0] ? 0 : (start?.after ?? after);
      } else if (read.kind === FRAME.batch && read.seq < end) {
        if (read.seq >= from) yield { seq: read.seq, after, facts: read.bytes, at };
        after = read.seq;
      }
    }
  }

  #passBy(segment: Segment, at: number, isRest: boolean): void {
    const { disk, log } = this.#options;
    this.#damaged++;
    this.#whole = true;
    this.#count([{ what: 'graph', count: 1, from: this.#lastTime, to: this.#lastTime }]);
    this.#untold = addLost(this.#untold, [{ what: 'graph', count: 1, from: this.#lastTime, to: this.#lastTime }]);
    log.warn(
      `spool ${disk.name}: ${segment.name} is damaged before byte ${at}; ${isRest ? 'its rest' : 'a batch'} is lost`,
    );
    this.#mustRotate = true;
    // It is not come to again; the file stays for who wants to look until its batches are acknowledged.
    if (isRest) segment.bytes = at;
  }

  #count(lost: readonly Lost[]): void {
    for (const { what, count } of lost) if (Object.hasOwn(this.#lost, what)) this.#lost[what] += count;
  }

  #markIncomplete(): void {
    try {
      this.#file?.mark(MARK, 1);
    } catch {
      // The disk takes nothing at all: what it had is what it has.
    }
  }

  #failed(error: unknown): void {
    const code = codeOf(error);
    if (this.#fault !== code)
      this.#options.log.warn(`spool ${this.#options.disk.name}: ${error instanceof Error ? error.message : code}`);
    this.#fault = code;
  }

  /** The kernel may have let go of what it could not write (fsync(2)): another file, with a picture of its own. */
  #syncFailed(error: unknown): void {
    this.#syncFailures++;
    this.#mustRotate = true;
    this.#failed(error);
  }

  #syncSoon(): void {
    this.#cancelSync ??= this.#options.clock.after(SYNC_EVERY_MS, () => {
      this.#cancelSync = undefined;
      void this.sync();
    });
  }
}

/** What is left of a file that could not be written; the error that is on its way says more than this one would. */
function removeIf(disk: Disk, name: string): void {
  try {
    disk.remove(name);
  } catch {
    // The next start removes it.
  }
}

function holeBytes(start: SegmentStart, seq: number, facts: Facts): Uint8Array {
  return Buffer.concat([
    PREAMBLE,
    frameOf({ kind: FRAME.start, seq, bytes: Buffer.from(JSON.stringify(start)) }),
    frameOf({ kind: FRAME.batch, seq, bytes: encodeFacts(facts) }),
  ]);
}

function startOf(bytes: Uint8Array): SegmentStart | undefined {
  try {
    return segmentStart.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return undefined;
  }
}

/** What a disk says when it, or the share of its owner, is full. */
const FULL = ['ENOSPC', 'EDQUOT'];

const NO_FACTS: Facts = {
  time: 0,
  isWholeGraph: false,
  isAllSockets: false,
  graph: [],
  samples: [],
  flows: [],
  rawPackets: [],
  losses: [],
  sockets: [],
  lost: [],
};
