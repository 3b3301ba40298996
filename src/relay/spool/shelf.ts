/** What is on the disk and what is not any more: the segments, oldest first, and what was lost of them. */
import type { LineLog } from '../../std/log.ts';
import type { Facts, Lost } from '../message.ts';
import type { Disk } from './disk.ts';
import { codeOf } from './files.ts';
import type { Found, Segment } from './found.ts';
import { addLost } from './thin.ts';

export class Shelf {
  readonly disk: Disk;
  readonly log: LineLog;
  readonly segments: Segment[];
  readonly lost = { graph: 0, samples: 0, flows: 0, rawPackets: 0, sockets: 0 };
  /** To be told with the next batch. */
  untold: readonly Lost[] = [];
  /** Told changes are missing. */
  isMissing: boolean;
  /** Frames that could not be read back. */
  damaged: number;
  fault: string | undefined;
  /** All is told until then. */
  lastTime: number;

  constructor(disk: Disk, log: LineLog, { segments, damaged, id, lastTime }: Found) {
    this.disk = disk;
    this.log = log;
    this.segments = segments;
    this.damaged = damaged;
    this.lastTime = lastTime;
    this.isMissing = id === undefined || segments.some(({ isHole }) => isHole);
  }

  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  count(lost: readonly Lost[]): void {
    for (const { what, count } of lost) if (Object.hasOwn(this.lost, what)) this.lost[what] += count;
  }

  /** The next batch says so. */
  tell(lost: readonly Lost[]): void {
    this.untold = addLost(this.untold, lost);
  }

  add(segment: Segment): void {
    this.segments.push(segment);
    this.segments.sort((a, b) => a.first - b.first);
  }

  remove(segment: Segment): void {
    try {
      this.disk.remove(segment.name);
    } catch (error) {
      // It is found again at the next start, and told again: that changes nothing.
      this.failed(error);
    }
    this.segments.splice(this.segments.indexOf(segment), 1);
  }

  failed(error: unknown): void {
    const code = codeOf(error);
    if (this.fault !== code) this.log.warn(`spool ${this.disk.name}: ${error instanceof Error ? error.message : code}`);
    this.fault = code;
  }

  succeeded(): void {
    if (this.fault !== undefined) this.log.info(`spool ${this.disk.name}: takes facts again`);
    this.fault = undefined;
  }
}

export const NO_FACTS: Facts = {
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
