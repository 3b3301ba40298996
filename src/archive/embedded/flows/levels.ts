/**
 * Points as they grow old: each lies at the finest level that is still kept for its time, and at no other, so what is
 * summed up is the same whatever the age. A level's points move on into wider slots when they are older than its age.
 */
import type { FlowMetric } from '../../../flow/flow.ts';
import { levels, together } from '../../flow-levels.ts';

const MINUTE_MS = 60_000;

export { levels, together };

/** Slots that lie together on disk. */
const SLOTS_IN_PERIOD = 60;

export function slotOf(level: number, time: number): number {
  return Math.floor(time / (levels[level]?.slotMs ?? MINUTE_MS));
}

export function periodOf(level: number, time: number): number {
  return Math.floor(slotOf(level, time) / SLOTS_IN_PERIOD);
}

/** From when on a period is over, ms. */
export function endOf(level: number, period: number): number {
  return (period + 1) * SLOTS_IN_PERIOD * (levels[level]?.slotMs ?? MINUTE_MS);
}

/** A slot as it lies in the table. */
export interface RollRow {
  readonly start: number;
  readonly last: number;
  readonly ab_packets: number;
  readonly ab_bytes: number;
  readonly ba_packets: number;
  readonly ba_bytes: number;
  readonly rtt: number | null;
}

export function metricOfRoll(row: RollRow): FlowMetric {
  return {
    ABPackets: row.ab_packets,
    ABBytes: row.ab_bytes,
    BAPackets: row.ba_packets,
    BABytes: row.ba_bytes,
    Start: row.start,
    Last: row.last,
    ...(row.rtt !== null && { RTT: row.rtt }),
  };
}
