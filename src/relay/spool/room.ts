/** Makes room in a spool that is full, step by step: first what is least needed, of the oldest. */
import type { Lost } from '../message.ts';
import { decodeFacts, encodeFacts } from '../wire/facts.ts';
import { removeAside } from './aside.ts';
import { replaceFile } from './files.ts';
import type { Segment } from './found.ts';
import { FRAME, frameOf, readFrame } from './frame.ts';
import type { Reserve } from './reserve.ts';
import { PREAMBLE, type SegmentStart, segmentName, startFrame, startOf } from './segment.ts';
import { NO_FACTS, type Shelf } from './shelf.ts';
import { addLost, type Stage, thin } from './thin.ts';

export interface Room {
  /** One step. False when there is nothing more to give. `current` is written to, and stays as it is. */
  make(current: Segment | undefined): boolean;
}

export interface RoomOptions {
  readonly shelf: Shelf;
  readonly reserve: Reserve;
  /** The spool's. */
  readonly id: string;
  /** Whatever was written until now is durable when it returns. */
  readonly syncNow: () => void;
  /** All files together. */
  readonly maxBytes: number;
}

export function makeRoom({ shelf, reserve, id, syncNow, maxBytes }: RoomOptions): Room {
  const { disk, log } = shelf;
  return {
    make(current) {
      if (removeAside(disk)) return true;
      const isSmaller = thinOne(current) || dropOldest(current);
      if (isSmaller) reserve.fill(maxBytes - shelf.bytes - reserve.bytes);
      return isSmaller;
    },
  };

  function thinOne(current: Segment | undefined): boolean {
    for (const stage of [1, 2] as const)
      for (const segment of shelf.segments) {
        if (segment === current || segment.isHole || segment.thinned >= stage) continue;
        segment.thinned = stage;
        if (thinSegment(segment, stage)) return true;
      }
    return false;
  }

  /** Whether it is smaller now. */
  function thinSegment(segment: Segment, stage: Stage): boolean {
    const { bytes, lost } = thinned(segment, stage);
    if (bytes.length >= segment.bytes) return false;
    try {
      // The picture that goes with it is not the newest only once the newest is durable.
      syncNow();
      reserve.lend(() => replaceFile(disk, segment.name, bytes));
    } catch (error) {
      shelf.failed(error);
      return false;
    }
    segment.bytes = bytes.length;
    segment.version++;
    shelf.count(lost);
    return true;
  }

  function thinned(segment: Segment, stage: Stage): { bytes: Uint8Array; lost: readonly Lost[] } {
    const isNewest = segment === shelf.segments.at(-1);
    let since = 0;
    let lost: readonly Lost[] = [];
    const parts: Uint8Array[] = [PREAMBLE];
    for (const frame of framesOf(segment)) {
      if (frame.kind === FRAME.start || (frame.kind === FRAME.picture && isNewest)) parts.push(frameOf(frame));
      if (frame.kind !== FRAME.batch) continue;
      const thinned = thin(frame.bytes, stage, since);
      since = thinned.time;
      lost = addLost(lost, thinned.lost);
      parts.push(frameOf({ ...frame, bytes: thinned.bytes }));
    }
    return { bytes: Buffer.concat(parts), lost };
  }

  /** A whole segment goes; in its place a batch that says what it was. */
  function dropOldest(current: Segment | undefined): boolean {
    const segment = shelf.segments.find((each) => !each.isHole && each !== current);
    if (!segment) return false;
    // There is one at most, and it is the first.
    const hole = shelf.segments.find(({ isHole }) => isHole);
    const { note, told, lost } = noteOf(segment, hole);
    if (!shelf.isMissing)
      log.warn(`spool ${disk.name}: full; batches up to ${note.first} are dropped, the graph is told anew`);
    shelf.isMissing = true;
    shelf.count(lost);
    const write = () => replaceFile(disk, note.name, note.bytes);
    try {
      // First what says that it is gone: a crash in between leaves both, and the note has the last word.
      try {
        reserve.lend(write);
        shelf.remove(segment);
      } catch (error) {
        shelf.failed(error);
        // Without a reserve, what is gone makes the room for the note of it.
        shelf.remove(segment);
        write();
      }
      if (hole) shelf.remove(hole);
      shelf.add({ ...note, bytes: note.bytes.length, isHole: true, thinned: 0, version: 0, passed: 0 });
    } catch (error) {
      shelf.failed(error);
      shelf.tell(told);
    }
    return true;
  }

  function noteOf(segment: Segment, hole: Segment | undefined) {
    let { first } = segment;
    let after = segment.first - 1;
    let lost: readonly Lost[] = [];
    let told: readonly Lost[] = [];
    let time = 0;
    for (const frame of framesOf(segment)) {
      if (frame.kind === FRAME.start) after = startOf(frame.bytes)?.after ?? after;
      if (frame.kind !== FRAME.batch) continue;
      const all = thin(frame.bytes, 3, time);
      time = all.time;
      first = frame.seq;
      lost = addLost(lost, all.lost);
      told = addLost(told, decodeFacts(all.bytes).lost);
    }
    for (const frame of hole ? framesOf(hole) : []) {
      if (frame.kind === FRAME.start) after = startOf(frame.bytes)?.after ?? after;
      if (frame.kind === FRAME.batch) told = addLost(told, decodeFacts(frame.bytes).lost);
    }
    const start: SegmentStart = { spool: id, boot: disk.boot, pictures: 0, after };
    const facts = encodeFacts({ ...NO_FACTS, time, lost: told });
    const batch = frameOf({ kind: FRAME.batch, seq: first, bytes: facts });
    const bytes = Buffer.concat([PREAMBLE, startFrame(start, first), batch]);
    return { note: { name: segmentName(first, true), first, bytes }, told, lost };
  }

  /** Those before the first damage. */
  function* framesOf(segment: Segment) {
    const whole = disk.read(segment.name, 0, segment.bytes);
    for (let at = PREAMBLE.length; at < whole.length; ) {
      const read = readFrame(whole, at);
      if (read.is !== 'frame') return;
      at += read.length;
      yield read;
    }
  }
}
