/** Settings of the conntrack probe, with the bounds of what it keeps. */
import * as z from 'zod';

export const options = z
  .strictObject({
    /** How often the fill of each table and its counters are read. */
    pollMs: z.int().min(50).default(10_000),
    /** How often all entries are counted, at most: a large table is counted less often. */
    countMs: z.int().min(50).default(30_000),
    /** Hear of each translation as it begins and ends. Off: those that last are found when entries are counted. */
    events: z.boolean().default(true),
    /** Translations kept of one namespace; more are counted as `translationsNotKept`. */
    translationsMax: z.int().min(0).default(100_000),
    /** Half-open connections to one destination from which on it is named. */
    halfOpenMin: z.int().min(1).default(128),
    /** What the kernel keeps for us while we are busy; when it is full, translations are read again. */
    receiveBufferBytes: z
      .int()
      .min(2_048)
      .default(4 * 1024 * 1024),
  })
  .prefault({});

export type Options = z.infer<typeof options>;
