/** Settings of the netfilter probe, with the bounds of what it keeps. */
import * as z from 'zod';

export const options = z
  .strictObject({
    /** How often counters of rules are read. */
    pollMs: z.int().min(50).default(10_000),
    /** Rules told of one namespace; more are counted as `rulesLeftOut`. */
    rulesMax: z.int().min(0).default(5_000),
    /** Elements told of one set. */
    elementsMax: z.int().min(0).default(1_000),
    /** Sets of which the elements are read, of one namespace. */
    setsMax: z.int().min(0).default(2_000),
  })
  .prefault({});

export type Options = z.infer<typeof options>;
