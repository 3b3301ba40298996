/** Reads batches back, from any number on; what is damaged is passed by. */
import { putBytesAside } from './aside.ts';
import type { Segment } from './found.ts';
import { FRAME, readFrame } from './frame.ts';
import { PREAMBLE, startOf } from './segment.ts';
import type { Shelf } from './shelf.ts';
import type { SpooledBatch } from './spool.ts';

const CHUNK = 256 << 10;

export interface ReadingOptions {
  readonly shelf: Shelf;
  /** The spool's. */
  readonly id: string;
  /** A frame could not be read: what follows shall go into another file. */
  readonly onDamage: () => void;
}

export class Reading {
  readonly #options: ReadingOptions;
  /** Where the last reading ended: the next one mostly begins there. */
  #cursor: { name: string; version: number; at: number; next: number; after: number } | undefined;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  /** Batches [from, to). At least one, if there is one. */
  read({ from, to, maxBytes }: { from: number; to: number; maxBytes: number }): readonly SpooledBatch[] {
    const { segments } = this.#options.shelf;
    const batches: SpooledBatch[] = [];
    let left = maxBytes;
    for (const [index, segment] of segments.entries()) {
      const end = segments[index + 1]?.first ?? to;
      if (end <= from) continue;
      for (const { at, ...batch } of this.#batches(segment, from, end)) {
        if (batches.length > 0 && batch.facts.length > left) return batches;
        const { name, version } = segment;
        this.#cursor = { name, version, at, next: batch.seq + 1, after: batch.seq };
        batches.push(batch);
        left -= batch.facts.length;
        if (left <= 0) return batches;
      }
    }
    return batches;
  }

  *#batches(segment: Segment, from: number, end: number): Generator<SpooledBatch & { at: number }> {
    const { shelf, id } = this.#options;
    const cursor = this.#cursor;
    const isOn = cursor?.name === segment.name && cursor.version === segment.version && cursor.next <= from;
    let at = isOn ? cursor.at : PREAMBLE.length;
    let after = isOn ? cursor.after : segment.first - 1;
    let base = at;
    let chunk: Uint8Array = new Uint8Array(0);
    while (at < segment.bytes) {
      const read = readFrame(chunk, at - base);
      if (read.is === 'short') {
        if (at + read.length > segment.bytes) return;
        base = at;
        chunk = shelf.disk.read(segment.name, at, Math.min(segment.bytes - at, Math.max(CHUNK, read.length)));
        if (chunk.length < read.length) return;
        continue;
      }
      if (read.is === 'none') {
        this.#passBy(segment, at, 'its rest');
        // It is not come to again; the file stays for who wants to look until its batches are acknowledged.
        segment.bytes = at;
        return;
      }
      const start = at;
      at += read.length;
      if (read.is === 'damaged') {
        if (read.kind !== FRAME.batch || read.seq < from) continue;
        if (read.seq <= segment.passed) continue;
        segment.passed = read.seq;
        this.#passBy(segment, start, `batch ${read.seq}`);
        const frame = chunk.subarray(start - base, at - base);
        putBytesAside(shelf.disk, `${segment.name}-${read.seq}`, frame);
      } else if (read.kind === FRAME.start) {
        const start = startOf(read.bytes);
        // What an earlier name of the spool told is not known by this one: it begins here.
        after = start?.spool !== id && segment === shelf.segments[0] ? 0 : (start?.after ?? after);
      } else if (read.kind === FRAME.batch && read.seq < end) {
        if (read.seq >= from) yield { seq: read.seq, after, facts: read.bytes, at };
        after = read.seq;
      }
    }
  }

  #passBy(segment: Segment, at: number, what: string): void {
    const { shelf, onDamage } = this.#options;
    const lost = [{ what: 'graph', count: 1, from: shelf.lastTime, to: shelf.lastTime }] as const;
    shelf.damaged++;
    shelf.isMissing = true;
    shelf.count(lost);
    shelf.tell(lost);
    shelf.log.warn(`spool ${shelf.disk.name}: ${segment.name} is damaged at byte ${at}; ${what} is lost`);
    onDamage();
  }
}
