/** How long flows are kept, and how much of them. */

export interface FlowKeeping {
  /** Of the file and the log beside it. */
  readonly maxBytes: number;
  /** A flow without a packet for so long was over: what "at an instant" means. */
  readonly expireMs: number;
  readonly ages: FlowAges;
}

/** A flow goes, with all that is known of it, so long after its last packet; points of those that go on become fewer. */
export interface FlowAges {
  readonly flowsMs: number;
  /** Points as they came; after that one for each minute, five minutes, hour; each of them until it is so old. */
  readonly pointsMs: number;
  readonly points1mMs: number;
  readonly points5mMs: number;
  readonly points1hMs: number;
  readonly rawPacketsMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const flowDefaults: FlowKeeping = {
  maxBytes: 2 ** 31,
  expireMs: 600_000,
  ages: {
    flowsMs: 7 * DAY_MS,
    pointsMs: 6 * HOUR_MS,
    points1mMs: 2 * DAY_MS,
    points5mMs: 14 * DAY_MS,
    points1hMs: 90 * DAY_MS,
    rawPacketsMs: DAY_MS,
  },
};

/** As `health` tells them. */
export function agesByName(ages: FlowAges): Readonly<Record<string, number>> {
  return {
    flows: ages.flowsMs,
    points: ages.pointsMs,
    '1m': ages.points1mMs,
    '5m': ages.points5mMs,
    '1h': ages.points1hMs,
    rawPackets: ages.rawPacketsMs,
  };
}
