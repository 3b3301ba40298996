/**
 * Points as they grow old: each lies at the finest level that is still kept for its time, and at no other, so what is
 * summed up is the same whatever the age. A level's points move on into wider slots when they are older than its age.
 */
import type { FlowMetric } from '../flow/flow.ts';

const MINUTE_MS = 60_000;

export const levels = [
  { name: '1m', slotMs: MINUTE_MS },
  { name: '5m', slotMs: 5 * MINUTE_MS },
  { name: '1h', slotMs: 60 * MINUTE_MS },
] as const;

/** The later RTT is the one that counts. */
export function together(earlier: FlowMetric, later: FlowMetric): FlowMetric {
  const rtt = later.RTT ?? earlier.RTT;
  return {
    ABPackets: earlier.ABPackets + later.ABPackets,
    ABBytes: earlier.ABBytes + later.ABBytes,
    BAPackets: earlier.BAPackets + later.BAPackets,
    BABytes: earlier.BABytes + later.BABytes,
    Start: Math.min(earlier.Start, later.Start),
    Last: Math.max(earlier.Last, later.Last),
    ...(rtt !== undefined && { RTT: rtt }),
  };
}
