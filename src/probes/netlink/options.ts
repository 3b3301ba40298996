/** Settings of the netlink probe, with the bounds of what it keeps. */
import * as z from 'zod';

export const options = z.strictObject({
  /** Counters of every interface are read this often. */
  metricsUpdateMs: z.int().min(100).default(30_000),
  /** Neighbours that only age are told this much later at most. */
  settleMs: z.int().min(0).default(30_000),
  /** Routes kept of one interface; more are counted as `routesNotShown`. */
  routesMax: z.int().min(0).default(10_000),
  /** Neighbours, and forwarding entries, kept of one interface; more are counted as `neighboursNotShown`. */
  neighboursMax: z.int().min(0).default(10_000),
  /** What the kernel keeps for us while we are busy; when it is full, everything is read again. */
  receiveBufferBytes: z
    .int()
    .min(2_048)
    .default(4 * 1024 * 1024),
});

export type Options = z.infer<typeof options>;
