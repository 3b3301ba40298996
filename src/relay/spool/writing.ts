/** Writes batches into segments: one at a time is written to, and each begins with the picture of its first batch. */
import type { Told } from '../../graph/told.ts';
import { encodeFacts } from '../wire/facts.ts';
import { isFull, removeIf, SegmentFile } from './files.ts';
import type { Segment } from './found.ts';
import { FRAME, frameOf } from './frame.ts';
import { Reserve } from './reserve.ts';
import { makeRoom, type Room } from './room.ts';
import { MARK, PREAMBLE, segmentName, startFrame } from './segment.ts';
import { NO_FACTS, type Shelf } from './shelf.ts';

/** Of all, a segment has so many parts: what is dropped at once, and what a start has to read. */
const SEGMENTS = 32;
/** The picture takes no more than a third of what is written. */
const PICTURE_SHARE = 2;
const TOLD_PER_FRAME = 1000;

export interface WritingOptions {
  readonly shelf: Shelf;
  /** The spool's. */
  readonly id: string;
  readonly maxBytes: number;
  readonly picture: () => Iterable<Told>;
}

export class Writing {
  readonly #options: WritingOptions;
  readonly #segmentBytes: number;
  readonly #room: Room;
  readonly #reserve: Reserve;
  #file: SegmentFile | undefined;
  /** Of batches in the current segment, and of its picture. */
  #batchBytes = 0;
  #pictureBytes = 0;
  #mustRotate = false;
  syncFailures = 0;

  constructor(options: WritingOptions) {
    const { shelf, id, maxBytes } = options;
    this.#options = options;
    this.#segmentBytes = Math.ceil(maxBytes / SEGMENTS);
    this.#reserve = new Reserve(shelf.disk, this.#segmentBytes);
    const syncNow = () => this.#file?.syncNow();
    this.#room = makeRoom({ shelf, reserve: this.#reserve, id, syncNow, maxBytes });
  }

  get reserveBytes(): number {
    return this.#reserve.bytes;
  }

  /** Of all files. */
  get bytes(): number {
    return this.#options.shelf.bytes + this.#reserve.bytes;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  get isSynced(): boolean {
    return this.#file?.isSynced ?? false;
  }

  /** Whether it is on the disk. What is oldest makes room for it. `after`: the batch before it. */
  append(seq: number, after: number, bytes: Uint8Array): boolean {
    const { shelf, maxBytes } = this.#options;
    const frame = frameOf({ kind: FRAME.batch, seq, bytes });
    const isDone = this.#batchBytes > Math.max(this.#segmentBytes, PICTURE_SHARE * this.#pictureBytes);
    if (isDone || this.#mustRotate) this.leave();
    for (;;) {
      const beginning = this.#file ? undefined : this.#beginning(seq, after);
      const need = frame.length + (beginning?.length ?? 0);
      if (this.bytes + need > maxBytes) {
        if (this.#makeRoom()) continue;
        return false;
      }
      try {
        if (beginning) this.#begin(seq, beginning, frame);
        else this.#append(frame);
        shelf.succeeded();
        return true;
      } catch (error) {
        shelf.failed(error);
        if (!isFull(error) || !this.#makeRoom()) return false;
      }
    }
  }

  /** The next batch begins another segment. */
  rotate(): void {
    this.#mustRotate = true;
  }

  /** The current segment is done with: durable, unless the disk says no. */
  leave(): void {
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

  /** Whether all that was written when it began is durable. */
  async sync(): Promise<boolean> {
    const file = this.#file;
    if (!file || file.isSynced) return true;
    try {
      await file.sync();
      return true;
    } catch (error) {
      // It may have been closed meanwhile, durable by then.
      if (file === this.#file) this.#syncFailed(error);
      return false;
    }
  }

  /** The agent leaves in order: nothing comes after `seq`. */
  end(seq: number): void {
    try {
      this.#file?.append(frameOf({ kind: FRAME.end, seq, bytes: new Uint8Array(0) }));
    } catch {
      // Without it the next start looks more closely: nothing is lost.
    }
    this.leave();
  }

  /** Something that was told is not here. */
  markIncomplete(): void {
    try {
      this.#file?.mark(MARK, 1);
    } catch {
      // The disk takes nothing at all: what it had is what it has.
    }
  }

  get #current(): Segment | undefined {
    return this.#file ? this.#options.shelf.segments.at(-1) : undefined;
  }

  #makeRoom(): boolean {
    if (this.#room.make(this.#current)) return true;
    if (this.#file) this.leave();
    // The last that there is to give: it is for the next time, and this is now.
    else if (this.#reserve.bytes > 0) this.#reserve.give();
    else return false;
    return true;
  }

  #append(frame: Uint8Array): void {
    const file = this.#file as SegmentFile;
    try {
      file.append(frame);
    } catch (error) {
      // What was cut off or could not be is behind the good bytes: the next frames go into another file.
      if (!isFull(error)) this.#mustRotate = true;
      throw error;
    }
    this.#batchBytes += frame.length;
    (this.#current as Segment).bytes = file.bytes;
  }

  #begin(seq: number, beginning: Uint8Array, frame: Uint8Array): void {
    const { shelf, maxBytes } = this.#options;
    const name = segmentName(seq);
    const file = new SegmentFile(shelf.disk, name);
    try {
      file.append(beginning);
      file.append(frame);
    } catch (error) {
      file.close();
      removeIf(shelf.disk, name);
      throw error;
    }
    this.#file = file;
    this.#mustRotate = false;
    this.#batchBytes = frame.length;
    this.#pictureBytes = beginning.length;
    shelf.add({ name, first: seq, bytes: file.bytes, isHole: false, thinned: 0, version: 0, passed: 0 });
    // As long as there is room for it without taking any from what was told.
    this.#reserve.fill(maxBytes - this.bytes);
  }

  #beginning(seq: number, after: number): Uint8Array {
    const { shelf, id, picture } = this.#options;
    const frames: Uint8Array[] = [];
    let graph: Told[] = [];
    const flush = () => {
      const bytes = encodeFacts({ ...NO_FACTS, time: shelf.lastTime, graph });
      frames.push(frameOf({ kind: FRAME.picture, seq, bytes }));
      graph = [];
    };
    for (const told of picture()) if (graph.push(told) === TOLD_PER_FRAME) flush();
    if (graph.length > 0) flush();
    const start = { spool: id, boot: shelf.disk.boot, pictures: frames.length, after };
    return Buffer.concat([PREAMBLE, startFrame(start, seq), ...frames]);
  }

  /** The kernel may have let go of what it could not write (fsync(2)): another file, with a picture of its own. */
  #syncFailed(error: unknown): void {
    this.syncFailures++;
    this.#mustRotate = true;
    this.#options.shelf.failed(error);
  }
}
