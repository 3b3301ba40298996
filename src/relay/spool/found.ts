/** What an earlier run left in the folder. */
import type { Element } from '../../graph/element.ts';
import type { LineLog } from '../../std/log.ts';
import { putAside } from './aside.ts';
import type { Disk } from './disk.ts';
import { parseName, readSegment, segmentName } from './segment.ts';

export interface Segment {
  name: string;
  first: number;
  bytes: number;
  isHole: boolean;
  /** Stages of thinning that it went through. */
  thinned: number;
  /** Grows when its bytes change places. */
  version: number;
  /** The last damaged batch in it that was counted. */
  passed: number;
}

export interface Found {
  readonly segments: Segment[];
  /** Undefined: what was told may not be what is here, or there is nothing. */
  readonly id: string | undefined;
  readonly next: number;
  /** The last batch that can be read. */
  readonly last: number;
  readonly elements: readonly Element[];
  readonly lastTime: number;
  readonly damaged: number;
}

/**
 * So far revisions go on where something that was told may be missing here: after a loss of power, or damage. No element
 * has as many changes in what a disk had not made durable, so no version's name is given twice.
 */
export const LEAP = 1_000_000;

export function find(disk: Disk, log: LineLog): Found {
  for (const name of disk.list()) if (name.endsWith('.new')) disk.remove(name);
  const segments = uncovered(disk)
    .flatMap((name) => {
      const parsed = parseName(name);
      return parsed ? [{ name, ...parsed, bytes: disk.size(name), thinned: 0, version: 0, passed: 0 }] : [];
    })
    .sort((a, b) => a.first - b.first || Number(a.isHole) - Number(b.isHole));
  return newest(disk, log, segments);
}

/** What a note of it says is lost has to go, still: a crash came between the two. */
function uncovered(disk: Disk): readonly string[] {
  const all = disk.list();
  const last = Math.max(0, ...all.map((name) => parseName(name)).map((each) => (each?.isHole ? each.first : 0)));
  const note = segmentName(last, true);
  return all.filter((name) => {
    const parsed = parseName(name);
    const isCovered = parsed !== undefined && parsed.first <= last && name !== note;
    if (isCovered) disk.remove(name);
    return !isCovered;
  });
}

/** The newest segment that has a whole picture tells the rest. */
function newest(disk: Disk, log: LineLog, segments: Segment[]): Found {
  let isSure = true;
  let damaged = 0;
  // Of what is put aside, too: no number is given twice.
  let next = 1;
  for (let index = segments.length - 1; index >= 0; index--) {
    const { name, first, isHole } = segments[index] as Segment;
    if (isHole) {
      next = Math.max(next, first + 1);
      continue;
    }
    const { segment, isTorn } = readSegment(disk, name);
    if (segment) {
      const { start, damagedAt, isClosed, isIncomplete, last, lastTime } = segment;
      if (damagedAt !== undefined) {
        damaged++;
        log.warn(`spool ${disk.name}: ${name} is damaged from byte ${damagedAt} on; what follows is not read`);
      }
      const isPowered = isClosed || start.boot === disk.boot;
      isSure &&= damagedAt === undefined && isPowered && !isIncomplete;
      next = Math.max(next, last + 1);
      const elements = [...segment.elements.all].map((element) =>
        isSure ? element : { ...element, revision: element.revision + LEAP },
      );
      return { segments, id: isSure ? start.spool : undefined, next, last, elements, lastTime, damaged };
    }
    segments.splice(index, 1);
    if (isTorn) {
      // A crash while it was begun: what it was to tell was never told.
      disk.remove(name);
      continue;
    }
    isSure = false;
    damaged++;
    next = Math.max(next, first + 1);
    putAside(disk, name);
    log.warn(`spool ${disk.name}: ${name} cannot be read and is put aside as ${name}.damaged`);
  }
  return { segments, id: undefined, next, last: 0, elements: [], lastTime: 0, damaged };
}
