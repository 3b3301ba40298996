/**
 * A file of the spool: eight bytes, its start, the picture (all elements that are open with its first batch), and
 * batches. It counts from its first whole batch on; before, the one before it has the last word.
 */
import { z } from 'zod';
import { decodeGraph } from '../wire/facts.ts';
import type { Disk } from './disk.ts';
import { FRAME, type Frame, frameOf, readFrame } from './frame.ts';
import { OpenElements } from './open-elements.ts';

/** 'SKSP', a version, and whether something that was told is not here (byte MARK). */
export const PREAMBLE = Uint8Array.from([0x53, 0x4b, 0x53, 0x50, 1, 0, 0, 0]);
export const MARK = 5;

/** `after`: the batch before its first. */
const segmentStart = z.object({ spool: z.string(), boot: z.string(), pictures: z.number(), after: z.number() });
export type SegmentStart = z.infer<typeof segmentStart>;

/** First in each segment. `seq`: of its first batch. */
export function startFrame(start: SegmentStart, seq: number): Uint8Array {
  return frameOf({ kind: FRAME.start, seq, bytes: Buffer.from(JSON.stringify(start)) });
}

/** Undefined: it is none. */
export function startOf(bytes: Uint8Array): SegmentStart | undefined {
  try {
    return segmentStart.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return undefined;
  }
}

const NAME = /^(\d{16})\.(spool|hole)$/;

/** Of the first batch in it. A hole has one batch that says what was lost. */
export function segmentName(first: number, isHole = false): string {
  return `${String(first).padStart(16, '0')}.${isHole ? 'hole' : 'spool'}`;
}

export function parseName(name: string): { first: number; isHole: boolean } | undefined {
  const match = NAME.exec(name);
  return match ? { first: Number(match[1]), isHole: match[2] === 'hole' } : undefined;
}

export interface SegmentRead {
  readonly start: SegmentStart;
  readonly elements: OpenElements;
  readonly last: number;
  readonly lastTime: number;
  readonly isClosed: boolean;
  readonly isIncomplete: boolean;
  /** Byte of the first damage. */
  readonly damagedAt: number | undefined;
}

/** The whole of it. Undefined: it holds no whole picture with a batch; `isTorn` when that is just how a crash left it. */
export function readSegment(disk: Disk, name: string): { segment: SegmentRead | undefined; isTorn: boolean } {
  const bytes = disk.read(name, 0, disk.size(name));
  const elements = new OpenElements();
  let start: SegmentStart | undefined;
  let [pictures, last, lastTime, isClosed] = [0, 0, 0, false];
  let damagedAt: number | undefined;
  if (bytes.length < PREAMBLE.length) return { segment: undefined, isTorn: true };
  if (!PREAMBLE.every((byte, at) => at === MARK || bytes[at] === byte)) return { segment: undefined, isTorn: false };
  for (let at = PREAMBLE.length; at < bytes.length; ) {
    const read = readFrame(bytes, at);
    if (read.is === 'short') break;
    const taken = read.is === 'frame' ? take(read) : undefined;
    // What follows damage is told by its absence: the state that is known ends here.
    if (read.is !== 'frame' || !taken) {
      damagedAt = at;
      break;
    }
    at += read.length;
  }
  const isTorn = damagedAt === undefined;
  if (!start || last === 0 || pictures < start.pictures) return { segment: undefined, isTorn };
  const isIncomplete = bytes[MARK] !== 0;
  return { segment: { start, elements, last, lastTime, isClosed, isIncomplete, damagedAt }, isTorn };

  function take({ kind, seq, bytes }: Frame): boolean {
    isClosed = kind === FRAME.end;
    try {
      if (kind === FRAME.start) {
        start = startOf(bytes);
        return start !== undefined;
      }
      if (kind !== FRAME.picture && kind !== FRAME.batch) return true;
      const facts = decodeGraph(bytes);
      if (facts.isWholeGraph) elements.clear();
      for (const told of facts.graph) elements.take(told);
      if (kind === FRAME.picture) pictures++;
      else [last, lastTime] = [seq, facts.time];
      return true;
    } catch {
      return false;
    }
  }
}
